import { describe, expect, test } from 'vitest';
import { describeFailure, failureLine } from '../../../src/cli/failure.ts';
import { Interrupted } from '../../../src/cli/interruption.ts';
import { LambdaPoolError, TaskError } from '../../../src/shared/errors.ts';

const brief = { verbose: false };

function taskError(): TaskError {
  const cause = new RangeError('n must not be negative');
  cause.stack = [
    'RangeError: n must not be negative',
    '    at check (/app/tasks/lib/checks.ts:3:9)',
    '    at fibonacci (/app/tasks/math.ts:12:11)',
    '    at node:internal/process/task_queues:103:5',
    '    at run (/app/node_modules/x/index.js:1:1)',
  ].join('\n');
  const facts = { task: 'math.fibonacci', index: 0, requestId: 'r', attempt: 1 };
  return new TaskError('TASK_THREW', 'math.fibonacci threw RangeError: n must not be negative', { facts, cause });
}

describe('describeFailure()', () => {
  test('shows what a task threw, with the lines of the user, and says 1', () => {
    expect(describeFailure(taskError(), brief)).toEqual({
      exitCode: 1,
      text:
        'lambdapool: math.fibonacci threw RangeError: n must not be negative\n' +
        '    at check (/app/tasks/lib/checks.ts:3:9)\n' +
        '    at fibonacci (/app/tasks/math.ts:12:11)\n',
    });
  });

  test('shows everything when verbose', () => {
    expect(describeFailure(taskError(), { verbose: true }).text).toContain('node:internal/process/task_queues');
  });

  test.each(['OPTION_INVALID', 'TASK_NOT_FOUND', 'ARGUMENTS_INVALID', 'BUILD_FAILED', 'UNREACHABLE'] as const)(
    'is one sentence and 2 where nothing ran: %s',
    (code) => {
      const error = new LambdaPoolError(code, 'One sentence.');
      expect(describeFailure(error, brief)).toEqual({ exitCode: 2, text: 'lambdapool: One sentence.\n' });
    },
  );

  test.each(['TASK_TIMEOUT', 'TASK_OUT_OF_MEMORY', 'TASK_EXITED', 'OUTCOME_UNKNOWN'] as const)(
    'says 1 where something ran: %s',
    (code) => expect(describeFailure(new LambdaPoolError(code, 'x'), brief).exitCode).toBe(1),
  );

  test('is silent about Ctrl-C, and exits as shells expect', () => {
    expect(describeFailure(new Interrupted('SIGINT'), brief)).toEqual({ exitCode: 130, text: '' });
    expect(describeFailure(new Interrupted('SIGTERM'), brief).exitCode).toBe(143);
  });

  test('shows the stack of an error that is not ours', () => {
    const { exitCode, text } = describeFailure(new TypeError('odd'), brief);
    expect(exitCode).toBe(1);
    expect(text).toMatch(/^lambdapool: TypeError: odd\n {4}at /);
  });
});

test('failureLine() is one line with the place in the source', () => {
  expect(failureLine(taskError())).toBe(
    'math.fibonacci threw RangeError: n must not be negative (at check (/app/tasks/lib/checks.ts:3:9))',
  );
  expect(failureLine('thrown text')).toBe('thrown text');
});
