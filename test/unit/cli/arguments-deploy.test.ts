import { describe, expect, test } from 'vitest';
import { accountId, duration, keyValue, list, regionName } from '../../../src/cli/arguments.ts';

describe('keyValue()', () => {
  test('adds to what came before; values may be empty and hold =', () => {
    expect(keyValue('b=x=y', keyValue('a=', {}))).toEqual({ a: '', b: 'x=y' });
  });

  test.each(['a', '=x', ''])('refuses %j', (text) => expect(() => keyValue(text)).toThrow('Expected KEY=VALUE.'));
});

test('list() takes values apart at commas and adds to what came before', () => {
  expect(list('b, c,', list('a'))).toEqual(['a', 'b', 'c']);
});

describe('duration()', () => {
  test.each([
    ['30s', 30_000],
    ['10m', 600_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['0s', 0],
  ])('%s is %i ms', (text, ms) => expect(duration(text)).toBe(ms));

  test.each(['10', 'm', '1.5h', '-1s', '10 m', '1w'])('refuses %j', (text) =>
    expect(() => duration(text)).toThrow('Expected a duration such as 30s, 10m, 2h or 1d.'),
  );
});

test('accountId() takes twelve digits', () => {
  expect(accountId('123456789012')).toBe('123456789012');
  expect(() => accountId('1234')).toThrow('Expected the twelve digits of an AWS account.');
});

test.each(['eu-central-1', 'us-gov-west-1', 'ap-southeast-5', 'us-iso-east-1'])('regionName() takes %s', (name) => {
  expect(regionName(name)).toBe(name);
});

test.each(['', 'eu', 'x!', 'eu-central', '*', 'EU-central-1'])('regionName() refuses %j', (text) => {
  expect(() => regionName(text)).toThrow('Expected a region such as eu-central-1.');
});
