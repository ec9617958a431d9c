/** ListVersionsByFunction: GET /2015-03-31/functions/{FunctionName}/versions. Lists the versions of a function, in pages. */
import type { ListVersionsRequest } from '../../control/requests.ts';
import { controlOperation, integer, text } from '../control-operation.ts';
import type { EmulatorCore, Operation } from '../operation.ts';

export function listVersionsByFunctionOperation(core: EmulatorCore): Operation {
  return controlOperation<ListVersionsRequest>(core, {
    name: 'ListVersionsByFunction',
    method: 'GET',
    path: '/2015-03-31/functions/:FunctionName/versions',
    status: 200,
    query: { Marker: text, MaxItems: integer },
    call: ({ fields, caller }) => core.controlPlane.catalog.listVersionsByFunction(fields, caller),
  });
}
