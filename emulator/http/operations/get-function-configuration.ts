/** GetFunctionConfiguration: GET /2015-03-31/functions/{FunctionName}/configuration. Shows the settings and the state of a function. */
import type { FunctionRequest } from '../../control/requests.ts';
import { controlOperation, text } from '../control-operation.ts';
import type { EmulatorCore, Operation } from '../operation.ts';

export function getFunctionConfigurationOperation(core: EmulatorCore): Operation {
  return controlOperation<FunctionRequest>(core, {
    name: 'GetFunctionConfiguration',
    method: 'GET',
    path: '/2015-03-31/functions/:FunctionName/configuration',
    status: 200,
    query: { Qualifier: text },
    call: ({ fields, caller }) => core.controlPlane.catalog.getFunctionConfiguration(fields, caller),
  });
}
