import { expect, test } from 'vitest';
import {
  checkBoolean,
  checkFunction,
  checkInteger,
  checkKeys,
  checkOneOf,
  checkSignal,
  checkString,
  checkStrings,
} from '../../../src/shared/options.ts';

test.each<[string, () => unknown, string]>([
  [
    'an integer below',
    () => checkInteger('workers', 0, { min: 1 }),
    'Expected the option `workers` to be an integer of at least 1, got 0 (number).',
  ],
  ['an integer above', () => checkInteger('timeoutMs', 900_001, { min: 1, max: 900_000 }), 'got 900001 (number)'],
  ['a fraction', () => checkInteger('workers', 0.5, { min: 0 }), 'got 0.5 (number)'],
  ['a number as text', () => checkInteger('workers', '12', { min: 1 }), 'got "12" (string)'],
  ['an empty string', () => checkString('functionName', ''), 'a non-empty string, got "" (string)'],
  ['a truthy value', () => checkBoolean('watch', 1), 'true or false, got 1 (number)'],
  [
    'an unknown choice',
    () => checkOneOf('isolation', 'vm', ['process', 'thread']),
    "'process' or 'thread', got \"vm\" (string)",
  ],
  ['a value for a function', () => checkFunction('callback', null), 'a function, got null'],
  ['a controller for a signal', () => checkSignal('signal', new AbortController()), 'an AbortSignal, got an object'],
  [
    'a number in the environment',
    () => checkStrings('env', { PORT: 3001 }),
    'Expected the option `env.PORT` to be a string',
  ],
  [
    'an unknown key',
    () => checkKeys('LambdaPool', { worker: 3 }, ['workers', 'tasksRoot']),
    'LambdaPool has no option `worker`. It knows `workers`, `tasksRoot`.',
  ],
  [
    'no object',
    () => checkKeys('LambdaPool', Object.assign([], {}), ['workers']),
    'to be an object, got an array of 0',
  ],
])('%s is refused with its name, the expectation and the value', (_, check, message) => {
  expect(check).toThrow(expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(message) }));
});

test('a crafted key of an environment does not reach a prototype', () => {
  const env = checkStrings('env', JSON.parse('{"__proto__": "x", "A": "1"}'));
  expect(Object.keys(env)).toEqual(['__proto__', 'A']);
});
