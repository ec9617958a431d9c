/** Console output of tasks, kept per call while it still goes where it always went. */
import { format } from 'node:util';
import type { LogLine } from './protocol.ts';
import { currentCall } from './task-context.ts';

const LEVELS = ['trace', 'debug', 'info', 'log', 'warn', 'error'] as const;

// On the console itself, so that a second copy of the agent sees that the first has been here.
const CAPTURED = Symbol.for('lambdapool.agent.captured.1');

type Write = (...args: unknown[]) => void;

/** Makes the console remember what tasks write. Calls outside a task pass straight through. Idempotent. */
export function captureConsole(): void {
  const target = globalThis.console;
  if (CAPTURED in target) return;
  Object.defineProperty(target, CAPTURED, { value: true });
  for (const level of LEVELS) target[level] = capturing(level, target[level]);
}

function capturing(level: LogLine['level'], write: Write): Write {
  return function captured(this: unknown, ...args: unknown[]): void {
    const call = currentCall.getStore();
    if (call === undefined || !call.wantsLogs) return Reflect.apply(write, this, args);
    call.isWriting = true;
    try {
      Reflect.apply(write, this, args);
    } finally {
      call.isWriting = false;
    }
    call.log(level, level === 'trace' ? traceText(args, captured) : format(...args));
  };
}

/** As console.trace prints it: the message and the stack of its caller. */
function traceText(args: readonly unknown[], caller: Write): string {
  const record: { name: string; message: string; stack?: string } = { name: 'Trace', message: format(...args) };
  Error.captureStackTrace(record, caller);
  return record.stack ?? record.message;
}
