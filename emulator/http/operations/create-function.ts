/** CreateFunction: POST /2015-03-31/functions. Makes a function from a zip. */
import { isFields } from '../../control/fields.ts';
import type { CreateFunctionRequest } from '../../control/requests.ts';
import { controlOperation, withZip } from '../control-operation.ts';
import type { EmulatorCore, Operation } from '../operation.ts';

export function createFunctionOperation(core: EmulatorCore): Operation {
  return controlOperation<CreateFunctionRequest>(core, {
    name: 'CreateFunction',
    method: 'POST',
    path: '/2015-03-31/functions',
    status: 201,
    call: ({ fields, caller }) => {
      const request = isFields(fields.Code) ? { ...fields, Code: withZip(fields.Code) } : fields;
      return core.controlPlane.createFunction(request, caller);
    },
  });
}
