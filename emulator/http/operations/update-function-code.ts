/** UpdateFunctionCode: PUT /2015-03-31/functions/{FunctionName}/code. Brings other code. */
import type { UpdateFunctionCodeRequest } from '../../control/requests.ts';
import { controlOperation, withZip } from '../control-operation.ts';
import type { EmulatorCore, Operation } from '../operation.ts';

export function updateFunctionCodeOperation(core: EmulatorCore): Operation {
  return controlOperation<UpdateFunctionCodeRequest>(core, {
    name: 'UpdateFunctionCode',
    method: 'PUT',
    path: '/2015-03-31/functions/:FunctionName/code',
    status: 200,
    call: ({ fields, caller }) => core.controlPlane.updateFunctionCode(withZip(fields), caller),
  });
}
