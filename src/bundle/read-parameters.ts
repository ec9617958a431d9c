/** The parameters of a function, from its syntax tree. */
import type { TaskParameter } from '../../agent/manifest.ts';
import type { Ast } from './oxc.ts';

/** In order; null where one is not a plain name. A `this` parameter is TypeScript's alone and does not count. */
export function readParameters(params: readonly Ast.ParamPattern[]): TaskParameter[] | null {
  const read: TaskParameter[] = [];
  for (const pattern of params) {
    if (pattern.type === 'Identifier' && pattern.name === 'this') continue;
    const parameter = readParameter(pattern);
    if (parameter === null) return null;
    read.push(parameter);
  }
  return read;
}

function readParameter(pattern: Ast.ParamPattern): TaskParameter | null {
  if (pattern.type === 'Identifier') return { name: pattern.name, required: !pattern.optional };
  if (pattern.type === 'AssignmentPattern' && pattern.left.type === 'Identifier') {
    return { name: pattern.left.name, required: false };
  }
  if (pattern.type === 'RestElement' && pattern.argument.type === 'Identifier') {
    return { name: pattern.argument.name, required: false, rest: true };
  }
  return null;
}
