/** PublishVersion: POST /2015-03-31/functions/{FunctionName}/versions. Makes an immutable version of what $LATEST is. */
import type { PublishVersionRequest } from '../../control/requests.ts';
import { controlOperation } from '../control-operation.ts';
import type { EmulatorCore, Operation } from '../operation.ts';

export function publishVersionOperation(core: EmulatorCore): Operation {
  return controlOperation<PublishVersionRequest>(core, {
    name: 'PublishVersion',
    method: 'POST',
    path: '/2015-03-31/functions/:FunctionName/versions',
    status: 201,
    call: ({ fields, caller }) => core.controlPlane.publishVersion(fields, caller),
  });
}
