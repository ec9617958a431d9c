/** UpdateFunctionConfiguration: PUT /2015-03-31/functions/{FunctionName}/configuration. Changes settings. */
import type { UpdateFunctionConfigurationRequest } from '../../control/requests.ts';
import { controlOperation } from '../control-operation.ts';
import type { EmulatorCore, Operation } from '../operation.ts';

export function updateFunctionConfigurationOperation(core: EmulatorCore): Operation {
  return controlOperation<UpdateFunctionConfigurationRequest>(core, {
    name: 'UpdateFunctionConfiguration',
    method: 'PUT',
    path: '/2015-03-31/functions/:FunctionName/configuration',
    status: 200,
    call: ({ fields, caller }) => core.controlPlane.updateFunctionConfiguration(fields, caller),
  });
}
