/** UntagResource: DELETE /2017-03-31/tags/{Resource}. Removes tags of a function. */
import type { UntagResourceRequest } from '../../control/requests.ts';
import { controlOperation, list } from '../control-operation.ts';
import type { EmulatorCore, Operation } from '../operation.ts';

export function untagResourceOperation(core: EmulatorCore): Operation {
  return controlOperation<UntagResourceRequest>(core, {
    name: 'UntagResource',
    method: 'DELETE',
    path: '/2017-03-31/tags/:Resource',
    status: 204,
    query: { tagKeys: list },
    call: ({ fields, caller }) => core.controlPlane.catalog.untagResource(fields, caller),
  });
}
