import { expect, test } from 'vitest';
import { readFunctionError } from '../../../src/pool/function-error.ts';

const read = (errorType: string | undefined, errorMessage: string, logTail?: string) =>
  readFunctionError({
    payload: JSON.stringify({ errorType, errorMessage }),
    functionError: 'Unhandled',
    requestId: 'r',
    ...(logTail !== undefined && { logTail }),
  });

const ID = 'RequestId: 1b5b0fc8-4b80-4d9e-9a34-1d6d8a2b1a11 Error:';

test.each([
  ['Sandbox.Timedout', `${ID} Task timed out after 1.00 seconds`, 'TASK_TIMEOUT'],
  [undefined, '2024-04-08T09:00:00.000Z 1b5b0fc8 Task timed out after 1.00 seconds', 'TASK_TIMEOUT'],
  ['Runtime.ExitError', `${ID} Runtime exited without providing a reason`, 'TASK_EXITED'],
  ['Runtime.ExitError', `${ID} Runtime exited with error: exit status 3`, 'TASK_EXITED'],
  ['Runtime.ExitError', `${ID} Runtime exited with error: signal: segmentation fault (core dumped)`, 'TASK_EXITED'],
  ['Runtime.ExitError', `${ID} Runtime exited with error: signal: killed`, 'TASK_OUT_OF_MEMORY'],
  ['Runtime.OutOfMemory', 'x', 'TASK_OUT_OF_MEMORY'],
  ['Runtime.NodeJsExit', 'The Lambda runtime client detected an unexpected Node.js exit code.', 'TASK_EXITED'],
  ['Runtime.UnhandledPromiseRejection', 'Error: later', 'TASK_EXITED'],
  ['TypeError', 'x is not a function', 'TASK_EXITED'],
  ['Runtime.ImportModuleError', "Error: Cannot find module 'x'", 'INIT_FAILED'],
  ['Runtime.UserCodeSyntaxError', 'SyntaxError: Unexpected token', 'INIT_FAILED'],
  ['Runtime.HandlerNotFound', 'index.handler is undefined or not exported', 'INIT_FAILED'],
  ['Runtime.MalformedHandlerName', 'Bad handler', 'INIT_FAILED'],
  ['Function.ResponseSizeTooLarge', 'Response payload size exceeded maximum', 'PAYLOAD_TOO_LARGE'],
  ['ProtocolMismatch', 'This agent speaks format 2.', 'TASKS_DIFFER'],
])('%s, "%s" is %s', (errorType, message, code) => {
  expect(read(errorType, message).code).toBe(code);
});

test('the REPORT line of the log tells an exit for want of memory from others', () => {
  const exit = ['Runtime.ExitError', `${ID} Runtime exited with error: signal: aborted`] as const;
  expect(read(...exit).code).toBe('TASK_EXITED');
  const report = 'REPORT RequestId: x\tMax Memory Used: 128 MB\tStatus: error\tError Type: Runtime.OutOfMemory\n';
  expect(read(...exit, report).code).toBe('TASK_OUT_OF_MEMORY');
  const heap = 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n';
  expect(read(...exit, heap).code).toBe('TASK_OUT_OF_MEMORY');
});

test('an exit during a start within the invocation is a failed start', () => {
  const tail = 'INIT_REPORT Init Duration: 229.04 ms\tPhase: invoke\tStatus: error\tError Type: Runtime.ExitError\n';
  const fault = read('Runtime.ExitError', `${ID} Runtime exited with error: exit status 1`, tail);
  expect(fault).toMatchObject({ code: 'INIT_FAILED', beforeAnyCall: true });
});

test('the message is Lambda’s without the request id', () => {
  expect(read('Sandbox.Timedout', `${ID} Task timed out after 1.00 seconds`).message).toBe(
    'Task timed out after 1.00 seconds',
  );
});

test.each(['', 'not JSON', 'null', '5', '{}'])('a payload of %j is still read', (payload) => {
  const fault = readFunctionError({ payload, functionError: 'Unhandled', requestId: 'r' });
  expect(fault).toMatchObject({ code: 'TASK_EXITED', message: payload, errorType: '' });
});
