import { describe, expect, test } from 'vitest';
import { environmentVariable, integer, jsonArray, jsonObject, seconds } from '../../../src/cli/arguments.ts';

describe('integer()', () => {
  const port = integer(0, 65_535);
  test.each([
    ['0', 0],
    ['3001', 3001],
    ['65535', 65_535],
  ])('reads %s', (text, value) => expect(port(text)).toBe(value));
  test.each(['', '-1', '65536', '1.5', '1e3', 'abc', ' 1', '0x10'])('refuses %j and says the range', (text) => {
    expect(() => port(text)).toThrow('Expected a whole number from 0 to 65535.');
  });
});

describe('seconds()', () => {
  const timeout = seconds(900);
  test.each([
    ['60', 60_000],
    ['0.5', 500],
    ['900', 900_000],
  ])('reads %s s as milliseconds', (text, ms) => expect(timeout(text)).toBe(ms));
  test.each(['0', '0.0001', '901', '-1', '1s', ''])('refuses %j', (text) => {
    expect(() => timeout(text)).toThrow('Expected seconds, more than 0 and at most 900.');
  });
});

describe('environmentVariable()', () => {
  const host = { HOME: '/home/me', EMPTY: '' };
  test.each([
    ['A=1', { B: '2', A: '1' }],
    ['A=x=y', { B: '2', A: 'x=y' }],
    ['A=', { B: '2', A: '' }],
    ['A=two\nlines', { B: '2', A: 'two\nlines' }],
    ['HOME', { B: '2', HOME: '/home/me' }],
    ['EMPTY', { B: '2', EMPTY: '' }],
  ])('adds %j to the earlier ones', (text, all) => {
    expect(environmentVariable(text, { B: '2' }, host)).toEqual(all);
  });
  test('refuses a variable that is not set here, by name', () => {
    expect(() => environmentVariable('NOPE', {}, host)).toThrow('NOPE is not set here. Give it a value: NOPE=VALUE.');
  });
  test.each(['=1', '1A=1', 'A B=1', ''])('refuses the name in %j', (text) => {
    expect(() => environmentVariable(text, {}, host)).toThrow('Expected KEY=VALUE');
  });
});

describe('--args and --kwds', () => {
  test('are read as JSON', () => {
    expect(jsonArray('[10, "x"]')).toEqual([10, 'x']);
    expect(jsonObject('{"n": 10}')).toEqual({ n: 10 });
  });
  test('say what is wrong with JSON that is none, and how to quote', () => {
    expect(() => jsonArray('[10')).toThrow(/^--args is not JSON \(.+\)\. Quote it for your shell: --args '\[10\]'\.$/);
    expect(() => jsonObject('{n:10}')).toThrow(/^--kwds is not JSON \(.+\)\. Quote it .*--kwds '\{"n":10\}'\.$/);
  });
  test('refuse JSON of the other shape', () => {
    expect(() => jsonArray('{"n":10}')).toThrow('--args must be a JSON array');
    expect(() => jsonArray('10')).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
    expect(() => jsonObject('[1]')).toThrow('--kwds must be a JSON object');
    expect(() => jsonObject('null')).toThrow('--kwds must be a JSON object');
  });
});
