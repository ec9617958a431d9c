/** GetFunctionConcurrency: GET /2019-09-30/functions/{FunctionName}/concurrency. Shows how much concurrency is reserved for a function: none. */
import type { FunctionRequest } from '../../control/requests.ts';
import { controlOperation } from '../control-operation.ts';
import type { EmulatorCore, Operation } from '../operation.ts';

export function getFunctionConcurrencyOperation(core: EmulatorCore): Operation {
  return controlOperation<FunctionRequest>(core, {
    name: 'GetFunctionConcurrency',
    method: 'GET',
    path: '/2019-09-30/functions/:FunctionName/concurrency',
    status: 200,
    call: ({ fields, caller }) => core.controlPlane.catalog.getFunctionConcurrency(fields, caller),
  });
}
