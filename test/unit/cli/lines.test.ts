import picocolors from 'picocolors';
import { describe, expect, test } from 'vitest';
import type { Manifest } from '../../../agent/manifest.ts';
import type { InvocationReport } from '../../../emulator/invocation.ts';
import { clientVariables, invokeLine, posixLine, powershellLine } from '../../../src/cli/client-lines.ts';
import {
  buildFailedText,
  deployedText,
  invocationText,
  jsonEvent,
  nameOfOther,
  reloadText,
  startedText,
} from '../../../src/cli/dev-lines.ts';
import { signature, summary, taskTable } from '../../../src/cli/signature.ts';
import { LambdaPoolError } from '../../../src/shared/errors.ts';

const colors = picocolors.createColors(false);
const wide = { colors, columns: Infinity };
const at = new Date(2026, 0, 2, 3, 4, 5).getTime();

type Parameters = Manifest['tasks'][string]['params'];

function manifest(tasks: Readonly<Record<string, Parameters>>, doc?: string): Manifest {
  const entries = Object.entries(tasks).map(([name, params]) => {
    const [module = '', exported = ''] = name.split('.');
    const place = { module, export: exported, file: `${module}.ts`, line: 1, hash: '0' };
    return [name, { ...place, params, ...(doc !== undefined && { doc }) }];
  });
  return { version: 1, hash: '0', tasks: Object.fromEntries(entries) };
}

const n = { name: 'n', required: true };

const report: InvocationReport = {
  at,
  requestId: '8f14e45f-ceea-467f-a0e6-000000000000',
  functionName: 'lambdapool',
  version: '$LATEST',
  generation: 1,
  durationMs: 12.345,
  billedMs: 13,
  memoryMb: 1769,
  maxMemoryMb: 45,
  status: 'success',
  log: 'START RequestId: 8f14 Version: $LATEST\nEND RequestId: 8f14\nREPORT RequestId: 8f14\tDuration: 12.35 ms\t\n',
};

describe('a task is shown', () => {
  test.each([
    [[], 'f()'],
    [[n], 'f(n)'],
    [[n, { name: 'm', required: false }], 'f(n, m?)'],
    [[n, { name: 'rest', required: false, rest: true as const }], 'f(n, ...rest)'],
    [null, 'f(...)'],
  ])('with its parameters %j as %s', (params, shown) => expect(signature('f', { params })).toBe(shown));

  test.each([
    ['\n  The naive one.\nSlow.', 'The naive one.'],
    ['Counted from\nf(0) = 0, to 1.5 at most. Slow.', 'Counted from f(0) = 0, to 1.5 at most.'],
    ['No full stop\n\nMore.', 'No full stop'],
    ['', ''],
  ])('with the first sentence of its comment %j', (doc, shown) => expect(summary({ doc })).toBe(shown));

  test('without a comment', () => expect(summary({})).toBe(''));

  test('in columns, by name', () => {
    expect(taskTable(manifest({ 'b.long': [n], 'a.f': [] }, 'Says.'), wide)).toEqual([
      'a.f()      Says.',
      'b.long(n)  Says.',
    ]);
    expect(taskTable(manifest({ 'a.f': [] }), wide)).toEqual(['a.f()']);
  });
});

test('a comment is cut to the width of the terminal', () => {
  const tasks = manifest({ 'a.f': [] }, 'Says a great deal.');
  expect(taskTable(tasks, { colors, columns: 20 })).toEqual(['a.f()  Says a great\u2026']);
  expect(taskTable(tasks, { colors, columns: 12 })).toEqual(['a.f()']);
});

describe('the lines for other clients', () => {
  const variables = clientVariables('http://127.0.0.1:3001');

  test('set endpoint, region and keys for POSIX shells', () => {
    expect(posixLine(variables)).toBe(
      'export AWS_ENDPOINT_URL_LAMBDA=http://127.0.0.1:3001 AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1 ' +
        'AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local',
    );
  });

  test('set the same for PowerShell', () => {
    expect(powershellLine(variables)).toBe(
      "$env:AWS_ENDPOINT_URL_LAMBDA='http://127.0.0.1:3001'; $env:AWS_REGION='us-east-1'; $env:AWS_DEFAULT_REGION='us-east-1'; " +
        "$env:AWS_ACCESS_KEY_ID='local'; $env:AWS_SECRET_ACCESS_KEY='local'",
    );
  });

  test.each([
    [{ 'a.all': null, 'm.wait': [{ ...n, name: 'ms' }], 'm.fib': [n] }, '{"task":"m.fib","args":[10]}'],
    [{ 'a.all': null, 'm.wait': [{ ...n, name: 'ms' }], 'm.now': [] }, '{"task":"m.now","args":[]}'],
    [{ 'a.throwIf': [n], 'm.fib': [n] }, '{"task":"m.fib","args":[10]}'],
    [{ 'm.wait': [{ ...n, name: 'ms' }] }, '{"task":"m.wait","args":["<ms>"]}'],
    [{}, '{"task":"module.function","args":[]}'],
  ])('call a task that is likely to run: %j', (tasks, payload) => {
    expect(invokeLine('f', manifest(tasks))).toBe(
      `echo '${payload}' | aws lambda invoke --function-name f --payload fileb:///dev/stdin /dev/stdout`,
    );
  });

  test('call the task that comes first in its file', () => {
    const { tasks } = manifest({ 'm.a': [n], 'm.b': [n] });
    const { 'm.a': a, 'm.b': b } = tasks;
    if (a === undefined || b === undefined) throw new Error('unreachable');
    const later: Manifest = { version: 1, hash: '0', tasks: { 'm.a': { ...a, line: 9 }, 'm.b': b } };
    expect(invokeLine('f', later)).toContain('{"task":"m.b","args":[10]}');
  });

  test('stand in what `dev` prints at its start, with address and tasks', () => {
    const text = startedText(
      {
        url: 'http://127.0.0.1:3001',
        functionName: 'lambdapool',
        tasksRoot: 'tasks',
        manifest: manifest({ 'm.fib': [n] }, 'The naive one.'),
        notes: ['lib.ts exports no functions.'],
        durationMs: 412.3,
      },
      wide,
    );
    expect(text).toContain('http://127.0.0.1:3001  function lambdapool, ready in 412 ms');
    expect(text).toContain('1 task in tasks');
    expect(text).toContain('\n  m.fib(n)  The naive one.\n');
    expect(text).toContain('\n  note: lib.ts exports no functions.\n');
    expect(text).toContain(`\n  ${posixLine(variables)}\n`);
    expect(text).toContain(`\n  ${powershellLine(variables)}\n`);
  });
});

describe('an invocation is reported', () => {
  test('in one line', () => {
    expect(invocationText(report, colors)).toBe('03:04:05  8f14e45f  success      12 ms    45 MB\n');
  });

  test('with its cold start', () => {
    expect(invocationText({ ...report, initMs: 81 }, colors)).toBe(
      '03:04:05  8f14e45f  success      12 ms    45 MB  cold start 81 ms\n',
    );
  });

  test('with the name of a function that is not the one of `dev`', () => {
    expect(nameOfOther(report, 'lambdapool')).toBeUndefined();
    expect(nameOfOther(report, 'mine')).toBe('lambdapool');
    expect(nameOfOther({ ...report, version: '3' }, 'mine')).toBe('lambdapool:3');
    expect(invocationText({ ...report, initMs: 81 }, colors, 'other:3')).toBe(
      '03:04:05  8f14e45f  success      12 ms    45 MB  other:3  cold start 81 ms\n',
    );
  });

  test('with its error, of which only the first line', () => {
    const failed = { ...report, status: 'error', errorType: 'RangeError', errorMessage: 'too\nlong' } as const;
    expect(invocationText(failed, colors)).toBe('03:04:05  8f14e45f  error        12 ms    45 MB  RangeError: too\n');
  });

  test('below what the function wrote, without the lines of the platform', () => {
    const log =
      'START RequestId: 8f14 Version: $LATEST\n2026-01-02T03:04:05.000Z\t8f14e45f\tINFO\thello\nSTART of mine\nplain\n' +
      'END RequestId: 8f14\nREPORT RequestId: 8f14\tDuration: 1 ms\n';
    expect(invocationText({ ...report, log }, colors)).toBe(
      '  | INFO hello\n  | START of mine\n  | plain\n03:04:05  8f14e45f  success      12 ms    45 MB\n',
    );
  });
});

test('an error that the runtime logs is reduced to its place in the source', () => {
  const stack = ['RangeError: no', '    at f (/app/tasks/a.ts:1:2)', '    at /app/.lambdapool/dev-1/agent.mjs:1:1'];
  const log = `2026-01-02T03:04:05.000Z\t8f14\tERROR\tInvoke Error \t${JSON.stringify({ errorType: 'RangeError', stack })}\n`;
  expect(invocationText({ ...report, log }, colors).split('\n')[0]).toBe('  |     at f (/app/tasks/a.ts:1:2)');
  const other = '2026-01-02T03:04:05.000Z\t8f14\tERROR\tInvoke Error \t{not json}\n';
  expect(invocationText({ ...report, log: other }, colors).split('\n')[0]).toBe('  | ERROR Invoke Error \t{not json}');
});

describe('a reload is reported', () => {
  const loaded = { at, functionName: 'lambdapool', version: '$LATEST', generation: 2, hash: 'h', buildMs: 31.4 };
  const event = { ...loaded, added: [], removed: [] };

  test('in one line, with the files', () => {
    expect(reloadText({ ...event, files: ['math.ts'] }, colors)).toBe(
      '03:04:05  reloaded  generation 2  31 ms  math.ts\n',
    );
    const files = ['a.ts', 'b.ts', 'c.ts', 'd.ts', 'e.ts'];
    expect(reloadText({ ...event, files }, colors)).toContain('a.ts, b.ts, c.ts and 2 more\n');
  });

  test('with the tasks that came and went', () => {
    expect(reloadText({ ...event, files: ['a.ts'], added: ['a.g'], removed: ['a.f'] }, colors)).toContain(
      '  + a.g  - a.f\n',
    );
  });

  test('of a function that was deployed with its name, and no tasks of the other', () => {
    const facts = { ...loaded, functionName: 'f', files: [] };
    expect(deployedText({ ...facts, generation: 1 }, colors, 'f')).toBe('03:04:05  loaded  f  generation 1\n');
    expect(deployedText(facts, colors, 'f')).toBe('03:04:05  reloaded  f  generation 2\n');
  });

  test('as broken, with the code frame below', () => {
    const error = new LambdaPoolError('BUILD_FAILED', 'math.ts:3:1 Unexpected token\n> 3 | }');
    expect(buildFailedText({ at, functionName: 'f', error, isFirst: false }, colors)).toBe(
      '03:04:05  build failed  the last good generation goes on\n  math.ts:3:1 Unexpected token\n  > 3 | }\n',
    );
  });

  test('as broken from the start, when there is nothing to go on with', () => {
    const error = new LambdaPoolError('BUILD_FAILED', 'no');
    expect(buildFailedText({ at, functionName: 'f', error, isFirst: true }, colors)).toBe(
      '03:04:05  build failed  waiting for a repair\n  no\n',
    );
  });

  test('for programs as one line of JSON, errors included', () => {
    const error = new LambdaPoolError('BUILD_FAILED', 'two\nlines');
    expect(jsonEvent('build.failed', { at: 1, error })).toBe(
      '{"event":"build.failed","at":1,"error":{"name":"LambdaPoolError","message":"two\\nlines","code":"BUILD_FAILED"}}\n',
    );
  });
});
