/** The shape of events. */
import { describe, expect, test } from 'vitest';
import { isChunkRequest, parseEvent } from '../../../agent/event.ts';

function refusal(event: unknown): Error {
  try {
    parseEvent(event);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('Expected an error.');
}

test('an event with the key lambdapool is a chunk', () => {
  const request = parseEvent({ lambdapool: 1, task: 'a.b', calls: [[1]], attempts: [2], maxLogBytes: 9 });
  expect(isChunkRequest(request)).toBe(true);
  expect(request).toEqual({ lambdapool: 1, task: 'a.b', calls: [[1]], attempts: [2], maxLogBytes: 9 });
});

test('what a chunk may leave out has defaults', () => {
  expect(parseEvent({ lambdapool: 1, task: 'a.b', calls: [] })).toMatchObject({ attempts: [], maxLogBytes: 0 });
});

test('an event without it is plain, and its arguments are optional', () => {
  const request = parseEvent({ task: 'a.b' });
  expect(isChunkRequest(request)).toBe(false);
  expect(request).toEqual({ task: 'a.b', args: [], kwds: {} });
});

test('an event that asks for a description is neither, whatever else is in it', () => {
  const request = parseEvent({ lambdapool: 1, describe: true, task: 'a.b', calls: [[1]] });
  expect(isChunkRequest(request)).toBe(false);
  expect(request).toEqual({ lambdapool: 1, describe: true });
  expect(isChunkRequest(parseEvent({ lambdapool: 1, describe: false, task: 'a.b', calls: [] }))).toBe(true);
});

test('null stands for absent arguments, as clients in other languages write it', () => {
  expect(parseEvent({ task: 'a.b', args: null, kwds: null })).toEqual({ task: 'a.b', args: [], kwds: {} });
});

describe('a malformed event is refused with the field and what it got', () => {
  test.each([
    {
      event: null,
      says: 'Expected the event to be an object such as {"task":"math.fibonacci","args":[10]}, got null.',
    },
    { event: undefined, says: 'got undefined.' },
    { event: 5, says: 'got 5 (number).' },
    { event: 'math.fibonacci', says: 'got "math.fibonacci" (string).' },
    { event: [1, 2], says: 'got an array of 2.' },
    { event: {}, says: 'Expected `task` to be the name of a task, such as "math.fibonacci", got undefined.' },
    { event: { task: 5 }, says: '`task` to be the name of a task, such as "math.fibonacci", got 5 (number).' },
    { event: { task: ['a.b'] }, says: 'got an array of 1.' },
    {
      event: { task: 'a.b', args: 10 },
      says: 'Expected `args` to be an array of positional arguments, got 10 (number).',
    },
    { event: { task: 'a.b', args: { 0: 1 } }, says: '`args` to be an array of positional arguments, got an object.' },
    {
      event: { task: 'a.b', kwds: [1] },
      says: 'Expected `kwds` to be an object of keyword arguments, got an array of 1.',
    },
    { event: { task: 'a.b', kwds: 'n=1' }, says: '`kwds` to be an object of keyword arguments, got "n=1" (string).' },
    { event: { lambdapool: 1, task: 'a.b' }, says: 'Expected `calls` to be an array of calls, got undefined.' },
    { event: { lambdapool: 1, calls: [] }, says: 'Expected `task` to be the name of a task' },
    {
      event: { lambdapool: 1, task: 'a.b', calls: {} },
      says: 'Expected `calls` to be an array of calls, got an object.',
    },
    {
      event: { lambdapool: 1, task: 'a.b', calls: [], attempts: 2 },
      says: 'Expected `attempts` to be an array of numbers from 1, got 2 (number).',
    },
    { event: { lambdapool: 1, task: 'a.b', calls: [[]], attempts: [0] }, says: '`attempts`' },
    { event: { lambdapool: 1, task: 'a.b', calls: [[]], attempts: ['1'] }, says: '`attempts`' },
    {
      event: { lambdapool: 1, task: 'a.b', calls: [], maxLogBytes: '1' },
      says: 'Expected `maxLogBytes` to be a number of bytes, got "1" (string).',
    },
  ])('$event', ({ event, says }) => {
    expect(refusal(event).name).toBe('EventInvalid');
    expect(refusal(event).message).toContain(says);
  });

  test('a field counts only as the own property of the event', () => {
    expect(refusal(Object.create({ task: 'a.b' })).message).toContain('`task`');
  });

  test('a value of a megabyte is cut in the message', () => {
    expect(refusal('x'.repeat(1_000_000)).message.length).toBeLessThan(400);
  });
});

test('an older client is told to update itself', () => {
  expect(refusal({ lambdapool: 0, task: 'a.b', calls: [] }).message).toContain(
    "version 0 (number) of lambdapool's protocol, this function version 1. Update the client's lambdapool: `npm install",
  );
});

test.each([2, '1', null])('version %o is refused with both versions and the command that mends it', (lambdapool) => {
  const error = refusal({ lambdapool, task: 'a.b', calls: [] });
  expect(error.name).toBe('ProtocolMismatch');
  expect(error.message).toContain(`version ${typeof lambdapool === 'string' ? '"1"' : String(lambdapool)}`);
  expect(error.message).toContain('this function version 1');
  expect(error.message).toContain('`lambdapool update`');
});
