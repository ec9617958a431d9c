/** From what a request says of one call to the arguments that its task is called with. */
import { decode } from './codec.ts';
import { show } from './errors.ts';
import { isKeywords } from './event.ts';
import type { CallRequest } from './protocol.ts';
import type { Task } from './task-table.ts';

/**
 * Decodes and binds.
 * @throws {TypeError | CodecError} if the arguments do not fit the task, or are no arguments at all.
 */
export function bindCall(task: Task, request: CallRequest | undefined): readonly unknown[] {
  if (!hasKeywords(request)) return task.signature.bind(positional(request));
  const kwds = request.kwds === undefined ? {} : decode(request.kwds);
  if (!isKeywords(kwds)) throw new TypeError(`Expected the keyword arguments to be an object, got ${show(kwds)}.`);
  return task.signature.bind(positional(request.args), kwds);
}

/** Encoded arguments alone are an array, or an object with the codec's one key. */
function hasKeywords(request: CallRequest | undefined): request is { args: CallRequest; kwds?: CallRequest } {
  return typeof request === 'object' && request !== null && !Array.isArray(request) && Object.hasOwn(request, 'args');
}

function positional(encoded: CallRequest | undefined): readonly unknown[] {
  const args = encoded === undefined ? undefined : decode(encoded);
  if (Array.isArray(args)) return args;
  throw new TypeError(`Expected the arguments to be an array, got ${show(args)}.`);
}
