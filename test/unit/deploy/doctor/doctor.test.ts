import { describe, expect, test } from 'vitest';
import type { Manifest } from '../../../../agent/manifest.ts';
import { judgeQuotas } from '../../../../src/deploy/doctor/doctor-account.ts';
import { judgeFunction, judgeTasks, remedyFor } from '../../../../src/deploy/doctor/doctor-function.ts';
import { checkNode, examine } from '../../../../src/deploy/doctor/doctor.ts';
import type { Check, DoctorOptions } from '../../../../src/deploy/doctor/doctor.ts';
import type { FoundFunction } from '../../../../src/deploy/function/find-function.ts';
import { createFunction } from '../../../../src/deploy/deploy-function.ts';
import { openTarget } from '../../../../src/deploy/target/target.ts';
import { LambdaPoolError } from '../../../../src/shared/errors.ts';
import { refusingAws } from '../../../support/refusing-aws.ts';
import { setup } from '../setup.ts';

const GB = 1024 ** 3;

test.each([
  ['22.22.0', 'ok'],
  ['24.1.0', 'ok'],
  ['22.21.9', 'problem'],
  ['20.20.2', 'problem'],
])('Node %s is %s', (version, status) => {
  expect(checkNode(version)).toMatchObject({ status });
});

describe('judgeQuotas()', () => {
  test('is content with a usual account', () => {
    const limit = { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 900, TotalCodeSize: 75 * GB };
    expect(judgeQuotas(limit, { TotalCodeSize: 1.2 * GB })).toEqual({
      status: 'ok',
      message: '1000 calls at once, 900 of them unreserved; 1.2 of 75.0 GB of code',
    });
  });

  test.each([
    {
      what: 'a new account',
      limit: { ConcurrentExecutions: 10 },
      usage: {},
      expected: { status: 'warning', message: /A pool of more than 10 workers would wait/ },
    },
    {
      what: 'an account whose whole concurrency is reserved',
      limit: { ConcurrentExecutions: 100, UnreservedConcurrentExecutions: 0 },
      usage: {},
      expected: { status: 'problem', message: /cannot run: reserve fewer/ },
    },
    {
      what: 'a full one',
      limit: { TotalCodeSize: 75 * GB },
      usage: { TotalCodeSize: 74 * GB },
      expected: { status: 'warning', message: /Delete functions or old versions/ },
    },
    { what: 'a silent target', limit: {}, usage: {}, expected: { status: 'ok', message: /tells of no quotas/ } },
  ])('$what is $expected.status', ({ limit, usage, expected }) => {
    const finding = judgeQuotas(limit, usage);
    expect(finding.status).toBe(expected.status);
    expect(finding.message).toMatch(expected.message);
  });
});

const FUNCTION: FoundFunction = {
  arn: 'arn',
  architecture: 'x86_64',
  codeSha256: 'x',
  state: 'Active',
  tags: {},
  unfinished: false,
  isBusy: false,
  lastChangeFailed: false,
  reason: undefined,
  configuration: {
    handler: 'index.handler',
    runtime: 'nodejs24.x',
    memoryMb: 512,
    timeoutMs: 30_000,
    env: { LAMBDAPOOL_VERSION: '1.0.0' },
    layers: [],
    subnetIds: [],
    securityGroupIds: [],
    roleArn: 'arn',
  },
};

function judged(change: Partial<FoundFunction>, today = '2026-11-23'): { status: string; message: string } {
  return judgeFunction(
    { ...FUNCTION, ...change },
    { functionName: 'f', version: '1.0.0', today, remedy: remedyFor('f') },
  );
}

describe('judgeFunction()', () => {
  test('is content with one that runs', () => {
    expect(judged({})).toEqual({ status: 'ok', message: 'f: Active, nodejs24.x, 512 MB, 30 s, x86_64' });
  });

  test.each([
    [
      { state: 'Failed', reason: 'no subnet' },
      'problem',
      'f could not be made (no subnet). Run `lambdapool create f` again.',
    ],
    [{ unfinished: true }, 'problem', 'The creation of f was interrupted. Run `lambdapool create f` again.'],
    [{ lastChangeFailed: true }, 'problem', 'The last change of f failed. Run `lambdapool update f`.'],
    [{ isBusy: true }, 'warning', 'f is being changed just now. Wait a moment.'],
    [
      { configuration: { ...FUNCTION.configuration, env: { LAMBDAPOOL_VERSION: '0.9.0' } } },
      'warning',
      'f was deployed by lambdapool 0.9.0, and this is 1.0.0. Run `lambdapool update f`.',
    ],
  ])('%j', (change, status, message) => {
    expect(judged(change)).toEqual({ status, message });
  });

  test('warns of a runtime that is deprecated, and of one that has ended', () => {
    expect(judged({}, '2028-05-01')).toMatchObject({
      status: 'warning',
      message: expect.stringContaining('deprecated'),
    });
    const configuration = { ...FUNCTION.configuration, runtime: 'nodejs18.x' };
    expect(judged({ configuration })).toMatchObject({
      status: 'warning',
      message: expect.stringContaining('has ended'),
    });
  });
});

function manifest(hash: string, tasks: Readonly<Record<string, string>>): Manifest {
  const entries = Object.entries(tasks).map(([name, code]) => {
    const [module = '', exported = ''] = name.split('.');
    return [name, { module, export: exported, file: 'x.ts', line: 1, hash: code, params: [] }] as const;
  });
  return { version: 1, hash, tasks: Object.fromEntries(entries) };
}

const F = { functionName: 'f', remedy: remedyFor('f') };

describe('judgeTasks()', () => {
  const here = manifest('1', { 'a.b': 'x', 'a.c': 'y' });

  test('is content where both are the same', () => {
    expect(judgeTasks(F, here, here)).toEqual({ status: 'ok', message: 'f holds what is here (2 tasks).' });
  });

  test('names what differs', () => {
    const there = manifest('2', { 'a.c': 'z', 'a.d': 'x' });
    expect(judgeTasks(F, here, there)).toEqual({
      status: 'warning',
      message:
        'f holds other tasks than are here: it lacks a.b; it has other code of a.c; it still has a.d. Run `lambdapool update f`.',
    });
  });

  test('names the stack that a function belongs to, as nothing else changes it', () => {
    const facts = { ...F, remedy: remedyFor('f', 'the CloudFormation stack helpers') };
    expect(judgeTasks(facts, here, manifest('2', {})).message).toMatch(
      /Run `lambdapool template` and deploy again: it belongs to the CloudFormation stack helpers\.$/,
    );
  });

  test('names few of many', () => {
    const many = manifest('3', Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`m.t${at}`, 'x'])));
    expect(judgeTasks(F, many, manifest('4', {})).message).toContain(
      'it lacks m.t0, m.t1, m.t2, m.t3, m.t4 and 3 more.',
    );
  });
});

const NO_TASKS: Pick<DoctorOptions, 'readConfiguration' | 'tasks' | 'signal'> = {
  readConfiguration: () => Promise.resolve({ status: 'ok', message: 'none' }),
  tasks: { tasksRoot: './no-such-folder' },
  signal: new AbortController().signal,
};

function statuses(checks: readonly Check[]): object {
  return Object.fromEntries(checks.map(({ name, status }) => [name, status]));
}

describe('examine()', () => {
  test('goes on after a configuration and a target that cannot be used, and tells of each check as it is done', async () => {
    const told: string[] = [];
    const checks = await examine({
      ...NO_TASKS,
      readConfiguration: () => Promise.reject(new LambdaPoolError('OPTION_INVALID', 'It is broken.')),
      openTarget: () => Promise.reject(new LambdaPoolError('OPTION_INVALID', 'No AWS region is set.')),
      functionName: 'f',
      onCheck: ({ name }) => void told.push(name),
    });
    expect(statuses(checks)).toEqual({
      node: 'ok',
      configuration: 'problem',
      target: 'problem',
      credentials: 'skipped',
      quotas: 'skipped',
      function: 'skipped',
      tasks: 'skipped',
    });
    expect(checks[2]?.message).toBe('No AWS region is set.');
    expect(told).toEqual(checks.map(({ name }) => name));
  });

  test('asks nobody anything where the credentials are wrong', async () => {
    await using aws = await refusingAws({
      status: 403,
      code: 'InvalidClientTokenId',
      message: 'The token is invalid.',
    });
    const { url: endpoint } = aws;
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    const checks = await examine({
      ...NO_TASKS,
      openTarget: () => openTarget({ endpoint, region: 'eu-central-1', credentials }, {}),
      functionName: 'f',
    });
    expect(statuses(checks)).toMatchObject({
      target: 'ok',
      credentials: 'problem',
      quotas: 'skipped',
      function: 'skipped',
      tasks: 'skipped',
    });
    expect(checks[3]?.message).toContain('InvalidClientTokenId');
    expect(aws.requests).toHaveLength(1);
  });

  test.each([
    ['of ours', {}, { function: 'ok', tasks: 'ok' }],
    ['of ours that a stack has made', { 'aws:cloudformation:stack-name': 'helpers' }, { function: 'ok', tasks: 'ok' }],
    ['of somebody else', undefined, { function: 'problem', tasks: 'skipped' }],
  ])('examines a function %s, and calls it only if it is ours', async (_, tags, expected) => {
    await using s = await setup();
    await createFunction(s.target, s.request(), s.options);
    const stored = s.aws.lambda.functions.get('helpers');
    if (stored === undefined) throw new Error('The fake has no function.');
    if (tags === undefined) Object.assign(stored, { tags: {} }).configuration['Environment'] = {};
    else Object.assign(stored.tags, tags);
    s.aws.forget();
    const checks = await examine({
      ...NO_TASKS,
      openTarget: () => openTarget({}, { AWS_ENDPOINT_URL_LAMBDA: s.aws.url }),
      tasks: s.request().tasks,
      functionName: 'helpers',
    });
    expect(statuses(checks)).toMatchObject(expected);
    expect(s.aws.actions.some((action) => action.startsWith('lambda:Invoke'))).toBe(tags !== undefined);
  });

  test('rejects with the reason of its signal, and only with that', async () => {
    const controller = new AbortController();
    const stopped = new Error('stopped');
    const examined = examine({
      ...NO_TASKS,
      signal: controller.signal,
      functionName: 'f',
      openTarget: () => {
        controller.abort(stopped);
        return Promise.reject(new Error('too late'));
      },
    });
    await expect(examined).rejects.toBe(stopped);
  });
});
