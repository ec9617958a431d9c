/** Leaves out of stacks what lies below a task: the agent, and the runtime that called it. */
import { fileURLToPath } from 'node:url';

// Deployed, the agent is one file beside the tasks; in our own tests it is this folder.
const PLACE = /\/stack\.[jt]s$/.test(import.meta.url) ? new URL('.', import.meta.url).href : import.meta.url;
const PLACE_PATH = PLACE.startsWith('file:') ? fileURLToPath(PLACE) : PLACE;

const FRAME = /^ {4}at /;
const NODE_FRAME = /^ {4}at .*\(?node:/;

/** Shortens the stack of what a task threw, and those of its causes. So they take a third of the room in the reply. */
export function shortenStacks(thrown: unknown): void {
  const seen = new Set<unknown>();
  try {
    for (let error = thrown; error instanceof Error && !seen.has(error); error = error.cause) {
      seen.add(error);
      if (typeof error.stack === 'string') error.stack = withoutAgent(error.stack);
    }
  } catch {
    // Not writable, or a getter that throws: it travels as it is.
  }
}

/** The stack up to the function of the task. One that is the agent's alone keeps its first lines, the message. */
export function withoutAgent(stack: string): string {
  if (!stack.includes(PLACE) && !stack.includes(PLACE_PATH)) return stack;
  const lines = stack.split('\n');
  let end = lines.findLastIndex(isAgentFrame);
  if (end === -1) return stack;
  for (let above = lines[end - 1]; above !== undefined && isBelowTask(above); above = lines[end - 1]) end -= 1;
  return lines.slice(0, end).join('\n');
}

function isAgentFrame(line: string): boolean {
  return FRAME.test(line) && (line.includes(PLACE) || line.includes(PLACE_PATH));
}

/** Between the agent and a task there is only AsyncLocalStorage, or the microtask queue. */
function isBelowTask(line: string): boolean {
  return isAgentFrame(line) || NODE_FRAME.test(line);
}
