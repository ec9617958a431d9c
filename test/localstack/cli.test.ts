/** Deploying on the command line into LocalStack: the same as into the emulator, and what only a place with logs has. */
import { expect, test } from 'vitest';
import { runCli } from '../cli/cli.ts';
import type { Finished } from '../cli/cli.ts';
import { FIRST, TRANSCRIPT, liveOnce } from '../cli/deploy-scenario.ts';
import { eventually } from '../support/eventually.ts';
import { describeOnLocalStack } from '../support/localstack.ts';
import { tasksRoot } from '../support/tasks-root.ts';

describeOnLocalStack('the command line', ({ endpoint, region, credentials }) => {
  const env = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };

  test('tells of a whole life as in the emulator', async () => {
    await using root = await tasksRoot({ 'math.ts': FIRST });
    expect(await liveOnce({ env, functionName: 'cli-life' }, root)).toBe(TRANSCRIPT);
  });

  test('shows role and log group, who asks, and what the function has logged', async () => {
    await using root = await tasksRoot({
      'talk.ts': `export const hello = () => console.log('hello from', 'a task');`,
    });
    const run = (...words: readonly string[]): Promise<Finished> => runCli(words, { cwd: root.path('..'), env });
    try {
      const created = await run('create', 'cli-talk', '--log-retention', '7');
      expect(created.stdout).toMatch(/^ {2}role {7}arn:aws:iam::\d{12}:role\/lambdapool\/lambdapool-role-cli-talk$/m);
      expect(created.stdout).toMatch(/^ {2}log group {2}\/aws\/lambda\/cli-talk$/m);
      expect(created.stderr).toMatch(/^✓ role .*\n✓ create /m);
      const examined = await run('doctor', 'cli-talk');
      expect(examined.stdout).toMatch(/^✓ credentials .*arn:aws:.*account \d{12}$/m);
      expect(examined.stdout).toMatch(/^✓ tasks .*cli-talk holds what is here \(1 task\)\.$/m);
      expect(await run('apply', 'talk.hello', '--function', 'cli-talk')).toMatchObject({ code: 0 });
      await eventually(async () => {
        expect((await run('logs', 'cli-talk')).stdout).toMatch(/^\d{4}-\d\d-\d\dT.*hello from a task/m);
      }, 30_000);
    } finally {
      expect(await run('delete', 'cli-talk', '--yes')).toMatchObject({
        stdout: 'Deleted cli-talk: function, role, log group\n',
      });
    }
  });

  test('calls what LAMBDAPOOL_TRANSPORT=localstack deploys by itself', async () => {
    await using root = await tasksRoot({ 'math.ts': 'export const add = (a: number, b = 1) => a + b;' });
    const local = { ...env, LAMBDAPOOL_TRANSPORT: 'localstack' };
    const options = { cwd: root.path('..'), env: local };
    const called = await runCli(['apply', 'math.add', '--args', '[40,2]', '--function', 'cli-apply'], options);
    expect(called).toMatchObject({ code: 0, stdout: '42\n' });
    const mapped = await runCli(['map', 'math.add', '--function', 'cli-apply', '--workers', '1'], {
      ...options,
      input: '1\n2\n',
    });
    expect(mapped).toMatchObject({ code: 0, stdout: '2\n3\n' });
    expect((await runCli(['delete', 'cli-apply', '--yes'], options)).code).toBe(0);
  });
});
