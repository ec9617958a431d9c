import { expect, test } from 'vitest';
import { answered } from '../../../emulator/invocations/outcome.ts';
import { decodeAnswer, decodeInvocation, encodeAnswer, encodeInvocation } from '../../../emulator/sandbox/messages.ts';

test.each(['', '{}', '{\n  "a": "b\\n"\n}', '\n\n'])('an invocation keeps its payload %j', (payload) => {
  const job = {
    requestId: 'id',
    deadlineMs: 1_700_000_000_123,
    functionArn: 'arn:f',
    traceId: '',
    clientContext: '',
    payload,
  };
  expect(decodeInvocation(encodeInvocation(job))).toEqual(job);
});

test('line ends in other fields cannot shift the payload', () => {
  const job = {
    requestId: 'id',
    deadlineMs: 1,
    functionArn: 'arn',
    traceId: 'a\nb',
    clientContext: '{\n"a":1}',
    payload: '1',
  };
  expect(decodeInvocation(encodeInvocation(job))).toMatchObject({
    clientContext: '{ "a":1}',
    traceId: 'a b',
    payload: '1',
  });
});

test.each([
  { payload: '"a\\nb"', errorType: undefined, memoryMb: 12, last: false },
  { payload: '{}', errorType: 'TypeError', memoryMb: 0, last: false },
  { payload: '{\n}', errorType: '', memoryMb: 7, last: true },
])('an answer survives the way: %j', (answer) => {
  expect(decodeAnswer(encodeAnswer(answer))).toEqual(answer);
});

test.each([undefined, 'Error'])(
  'of an answer beyond the limit (error type %j) only so much is sent as shows that',
  (errorType) => {
    const answer = { payload: `"${'x'.repeat(20_000_000)}"`, errorType, memoryMb: 1, last: false };
    const message = encodeAnswer(answer);
    expect(message.length).toBeLessThan(6_300_000);
    expect(answered(decodeAnswer(message))).toEqual(answered(answer));
    expect(answered(decodeAnswer(message)).errorType).toBe('Function.ResponseSizeTooLarge');
  },
);
