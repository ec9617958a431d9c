import { createColors } from 'picocolors';
import { describe, expect, test } from 'vitest';
import { checkLine, deletedText, deployedText, doctorSummary, listText } from '../../../src/cli/deploy-lines.ts';
import type { Deployed } from '../../../src/deploy/deploy-function.ts';
import type { FunctionSummary } from '../../../src/deploy/list-functions.ts';

const STYLE = { colors: createColors(false) };

const DEPLOYED: Deployed = {
  functionName: 'helpers',
  arn: 'arn:aws:lambda:eu-west-1:123456789012:function:helpers',
  created: true,
  changed: ['code', 'configuration'],
  role: 'not used',
  logGroup: '/aws/lambda/helpers',
  hash: 'x',
  zipBytes: 50_944,
  unzippedBytes: 90_000,
  tasks: ['a.b', 'a.c'],
  manifestHash: 'y',
  runtime: 'nodejs24.x',
  architecture: 'arm64',
  memoryMb: 512,
  timeoutMs: 30_000,
  notes: ['Something to know.'],
};

describe('deployedText()', () => {
  test('says what was made, of what size, and where', () => {
    expect(deployedText(DEPLOYED, STYLE)).toBe(
      'Created helpers: 2 tasks, 49.75 KB, 512 MB, 30 s, nodejs24.x, arm64\n' +
        '  arn        arn:aws:lambda:eu-west-1:123456789012:function:helpers\n' +
        '  role       not used\n' +
        '  log group  /aws/lambda/helpers\n' +
        '  note: Something to know.\n',
    );
  });

  test.each([
    [{ created: false, changed: ['code'] as const, tasks: ['a.b'] }, /^Updated helpers \(code\): 1 task, /],
    [{ created: false, changed: ['code', 'configuration'] as const }, /^Updated helpers \(code and configuration\): /],
    [{ created: false, changed: [] }, /^helpers is up to date: /],
  ])('says what was changed: %j', (facts, pattern) => {
    expect(deployedText({ ...DEPLOYED, ...facts }, STYLE)).toMatch(pattern);
  });
});

test('deletedText() says what is gone and what is left', () => {
  const deleted = { functionName: 'helpers', deleted: ['function', 'role'] as const, notes: ['The log group stays.'] };
  expect(deletedText(deleted, STYLE)).toBe('Deleted helpers: function, role\n  note: The log group stays.\n');
});

describe('listText()', () => {
  const NOW = new Date('2026-11-23T12:00:00Z');
  const summary: FunctionSummary = {
    functionName: 'helpers',
    arn: 'arn',
    sizeBytes: 50_944,
    lastModified: new Date('2026-11-23T11:59:40Z'),
    memoryMb: 1769,
    timeoutMs: 60_000,
    layers: ['arn:aws:lambda:eu-west-1:123456789012:layer:pandas:3', 'arn:aws:lambda:eu-west-1:1:layer:x:1'],
    version: '1.2.0',
    runtime: 'nodejs24.x',
    architecture: 'x86_64',
    hash: 'h',
  };

  test('is only its header for nothing', () => {
    expect(listText([], NOW)).toBe('FUNCTION NAME  SIZE  WHEN  RUNTIME MEMORY (MB)  TIMEOUT (SEC)  LAYERS  VERSION\n');
  });

  test('has a row for each function', () => {
    const other = { ...summary, functionName: 'a-rather-long-name', layers: [], version: undefined };
    expect(listText([summary, other], NOW)).toBe(
      [
        'FUNCTION NAME       SIZE      WHEN            RUNTIME MEMORY (MB)  TIMEOUT (SEC)  LAYERS         VERSION',
        'helpers             49.75 KB  20 seconds ago  1769                 60             pandas:3, x:1  1.2.0',
        'a-rather-long-name  49.75 KB  20 seconds ago  1769                 60             -              -',
        '',
      ].join('\n'),
    );
  });
});

describe('the doctor', () => {
  test('has a mark for each check', () => {
    const line = (status: 'ok' | 'warning' | 'problem' | 'skipped'): string =>
      checkLine({ name: 'quotas', status, message: 'It is so.' }, STYLE);
    expect([line('ok'), line('warning'), line('problem'), line('skipped')]).toEqual([
      '✓ quotas         It is so.\n',
      '! quotas         It is so.\n',
      '✗ quotas         It is so.\n',
      '- quotas         It is so.\n',
    ]);
  });

  test('counts what it found', () => {
    const checks = (['problem', 'warning', 'ok', 'warning', 'skipped'] as const).map((status) => ({
      name: 'node' as const,
      status,
      message: '',
    }));
    expect(doctorSummary(checks)).toBe('1 problem, 2 warnings.\n');
    expect(doctorSummary(checks.slice(4))).toBe('All is well.\n');
  });
});
