/** Profiles of the shared AWS configuration files: what leads to a stand-in for AWS never leads to AWS. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { FakeAws } from '../unit/deploy/fake-aws/fake-aws.ts';
import { runCli } from './cli.ts';
import type { Finished } from './cli.ts';

interface Profiled extends AsyncDisposable {
  readonly aws: FakeAws;
  run(words: readonly string[], env?: Readonly<Record<string, string>>): Promise<Finished>;
}

/** A project whose configuration names `profile`, and a profile `local` whose services are a fake AWS. */
async function profiled(profile: string | undefined): Promise<Profiled> {
  const aws = await FakeAws.start();
  const folder = await mkdtemp(path.join(tmpdir(), 'lambdapool-profile-'));
  const config = path.join(folder, 'config');
  const keys = 'aws_access_key_id = test\naws_secret_access_key = test\n';
  await writeFile(config, `[profile local]\nregion = eu-west-3\nendpoint_url = ${aws.url}\n${keys}`);
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ lambdapool: { profile } }));
  const files = { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: path.join(folder, 'none') };
  return {
    aws,
    run: (words, env) => runCli(words, { cwd: folder, env: { ...files, ...env } }),
    async [Symbol.asyncDispose]() {
      await aws[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

describe('the endpoint of a profile', () => {
  test('is where deploying commands go that name it with --profile', async () => {
    await using p = await profiled(undefined);
    expect(await p.run(['list', '--profile', 'local'])).toMatchObject({ code: 0, stderr: '' });
    expect(p.aws.actions).toEqual(['lambda:ListFunctions']);
  });

  test('is where they go if the configuration names it', async () => {
    await using p = await profiled('local');
    expect(await p.run(['list'])).toMatchObject({ code: 0, stderr: '' });
    expect(p.aws.actions).toEqual(['lambda:ListFunctions']);
  });

  test('is where calls go', async () => {
    await using p = await profiled('local');
    const words = ['apply', 'math.add', '--args', '[1,2]', '--function', 'helpers'];
    const { code, stderr } = await p.run(words, { LAMBDAPOOL_TRANSPORT: 'lambda' });
    expect(p.aws.actions).toEqual(['lambda:InvokeFunction']);
    expect(stderr).toContain('helpers');
    expect(code).toBe(2);
  });
});
