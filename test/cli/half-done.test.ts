/** The exit code of a failure tells whether something was done before it. */
import { expect, test } from 'vitest';
import { tasksRoot } from '../support/tasks-root.ts';
import { ApiError } from '../unit/deploy/fake-aws/api-error.ts';
import { FakeAws } from '../unit/deploy/fake-aws/fake-aws.ts';
import { runCli } from './cli.ts';

const DENIED = new ApiError(403, 'AccessDeniedException', 'User x is not authorized.');

test('a missing permission exits with 2 if nothing was done, with 1 if something was', async () => {
  await using aws = await FakeAws.start();
  await using root = await tasksRoot({ 'math.ts': 'export const add = (a: number, b: number) => a + b;\n' });
  const run = (...words: readonly string[]) =>
    runCli([...words, '--endpoint', aws.url, '--region', 'eu-central-1'], { cwd: root.path('..') });
  aws.fail('lambda:CreateFunction', DENIED);
  expect(await run('create', 'helpers')).toMatchObject({ code: 2 });
  expect(await run('create', 'helpers')).toMatchObject({ code: 0 });

  await root.write('math.ts', 'export const add = () => 1;\n');
  aws.fail('lambda:UpdateFunctionConfiguration', DENIED);
  const updated = await run('update', 'helpers', '--memory', '512');
  expect(updated.stderr).toContain('✓ update code');
  expect(updated).toMatchObject({ code: 1, stdout: '' });

  aws.fail('iam:GetRole', DENIED);
  const deleted = await run('delete', 'helpers', '--yes');
  expect(deleted.stderr).toContain('Not allowed to call iam:GetRole');
  expect(deleted).toMatchObject({ code: 1, stdout: '' });
});
