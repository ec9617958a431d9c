/** `npm run test:aws`, on LocalStack in the place of AWS: whatever becomes of the tests, nothing is left, and the bill is shown. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { listFunctions } from '../../src/deploy/list-functions.ts';
import { openTarget } from '../../src/deploy/target/target.ts';
import { eventually } from '../support/eventually.ts';
import { describeOnLocalStack } from '../support/localstack.ts';
import type { LocalStackAccess } from '../support/localstack.ts';

const MAIN = fileURLToPath(new URL('../aws/main.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');

interface Run extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  output(): string;
  /** The functions that it has begun to make. */
  functions(): Promise<string[]>;
}

async function start({ endpoint, region, credentials }: LocalStackAccess, args: readonly string[]): Promise<Run> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lambdapool-aws-run-'));
  const { LAMBDAPOOL_TRANSPORT: _, ...env } = process.env;
  const child = spawn(process.execPath, ['--import', TSX, MAIN, ...args], {
    env: {
      ...env,
      TMPDIR: folder,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => (output += text.toString()));
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  return {
    child,
    ended,
    output: () => output,
    async functions() {
      const run = (await readdir(folder)).find((name) => name.startsWith('lambdapool-test-')) ?? '';
      const file = path.join(folder, run, 'functions');
      return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) child.kill('SIGINT');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function namesAt({ endpoint, region, credentials }: LocalStackAccess): Promise<string[]> {
  await using target = await openTarget({ endpoint, region, credentials });
  return (await listFunctions(target))
    .map(({ functionName }) => functionName)
    .filter((name) => name.startsWith('lambdapool-test-'));
}

describeOnLocalStack('a run of the contract that is to leave nothing', (localstack) => {
  test('passes, deletes what it has made, and prints what it cost', async () => {
    await using run = await start(localstack, ['-t', 'apply binds arguments']);
    expect(await run.ended).toBe(0);
    expect(run.output()).toMatch(/Tests .*1 passed/);
    expect(run.output()).toMatch(/Deleted: lambdapool-test-\S+: function, .*: role/);
    expect(run.output()).toMatch(/Cost: \d+ requests, \d+\.\d\d GB-seconds, 0\.\d{6} USD \(had it been AWS/);
    expect(await namesAt(localstack)).toEqual([]);
  });

  test('deletes what it has made when tests fail, and fails', async () => {
    await using run = await start(localstack, ['-t', 'apply binds arguments', '--testTimeout', '1']);
    expect(await run.ended).toBe(1);
    expect(run.output()).toMatch(/Tests .*1 failed/);
    expect(run.output()).toMatch(/Deleted: /);
    expect(await namesAt(localstack)).toEqual([]);
  });

  test('deletes what it has made when it is interrupted while it makes it', async () => {
    await using run = await start(localstack, []);
    await eventually(async () => expect(await run.functions()).toHaveLength(1), 60_000);
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(130);
    expect(run.output()).toContain('Ending the tests, then deleting');
    expect(run.output()).toMatch(/Cost: /);
    expect(await namesAt(localstack)).toEqual([]);
  });

  test('makes nothing without working access, and says why in one line', async () => {
    await using run = await start({ ...localstack, endpoint: 'http://127.0.0.1:1' }, []);
    expect(await run.ended).toBe(1);
    expect(run.output().trim().split('\n')).toHaveLength(1);
    expect(run.output()).toContain('127.0.0.1:1');
  });
});
