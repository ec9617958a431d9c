/** GetFunction: GET /2015-03-31/functions/{FunctionName}. Shows a function, its tags, and where its zip is. */
import type { FunctionRequest } from '../../control/requests.ts';
import { codePath } from './download-code.ts';
import { controlOperation, text } from '../control-operation.ts';
import type { EmulatorCore, Operation } from '../operation.ts';

export function getFunctionOperation(core: EmulatorCore): Operation {
  return controlOperation<FunctionRequest>(core, {
    name: 'GetFunction',
    method: 'GET',
    path: '/2015-03-31/functions/:FunctionName',
    status: 200,
    query: { Qualifier: text },
    call: ({ fields, caller, origin }) => {
      const answer = core.controlPlane.catalog.getFunction(fields, caller);
      if (answer.Code.Location === undefined) return answer;
      const { FunctionName, Version } = answer.Configuration;
      return { ...answer, Code: { ...answer.Code, Location: `${origin}${codePath(FunctionName, Version)}` } };
    },
  });
}
