/** ListTags: GET /2017-03-31/tags/{Resource}. Shows the tags of a function. */
import type { ListTagsRequest } from '../../control/requests.ts';
import { controlOperation } from '../control-operation.ts';
import type { EmulatorCore, Operation } from '../operation.ts';

export function listTagsOperation(core: EmulatorCore): Operation {
  return controlOperation<ListTagsRequest>(core, {
    name: 'ListTags',
    method: 'GET',
    path: '/2017-03-31/tags/:Resource',
    status: 200,
    call: ({ fields, caller }) => core.controlPlane.catalog.listTags(fields, caller),
  });
}
