/** TagResource: POST /2017-03-31/tags/{Resource}. Sets tags of a function. */
import type { TagResourceRequest } from '../../control/requests.ts';
import { controlOperation } from '../control-operation.ts';
import type { EmulatorCore, Operation } from '../operation.ts';

export function tagResourceOperation(core: EmulatorCore): Operation {
  return controlOperation<TagResourceRequest>(core, {
    name: 'TagResource',
    method: 'POST',
    path: '/2017-03-31/tags/:Resource',
    status: 204,
    call: ({ fields, caller }) => core.controlPlane.catalog.tagResource(fields, caller),
  });
}
