/** ListFunctions: GET /2015-03-31/functions. Lists functions, in pages. */
import type { ListFunctionsRequest } from '../../control/requests.ts';
import { controlOperation, integer, text } from '../control-operation.ts';
import type { EmulatorCore, Operation } from '../operation.ts';

export function listFunctionsOperation(core: EmulatorCore): Operation {
  return controlOperation<ListFunctionsRequest>(core, {
    name: 'ListFunctions',
    method: 'GET',
    path: '/2015-03-31/functions',
    status: 200,
    query: { FunctionVersion: text, Marker: text, MaxItems: integer },
    call: ({ fields }) => core.controlPlane.catalog.listFunctions(fields),
  });
}
