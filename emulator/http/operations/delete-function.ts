/** DeleteFunction: DELETE /2015-03-31/functions/{FunctionName}. Deletes a function, or one version of it. */
import type { FunctionRequest } from '../../control/requests.ts';
import { controlOperation, text } from '../control-operation.ts';
import type { EmulatorCore, Operation } from '../operation.ts';

export function deleteFunctionOperation(core: EmulatorCore): Operation {
  return controlOperation<FunctionRequest>(core, {
    name: 'DeleteFunction',
    method: 'DELETE',
    path: '/2015-03-31/functions/:FunctionName',
    status: 204,
    query: { Qualifier: text },
    call: ({ fields, caller }) => core.controlPlane.deleteFunction(fields, caller),
  });
}
