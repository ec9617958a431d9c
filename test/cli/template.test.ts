import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { tasksRoot } from '../support/tasks-root.ts';
import { runCli } from './cli.ts';

const TASK = { 'math.ts': 'export const square = (n: number): number => n * n;' };

describe('lambdapool template', () => {
  it('writes the template of the configuration and the flags, and says what to do next', async () => {
    await using tasks = await tasksRoot(TASK);
    const cwd = path.dirname(tasks.directory);
    await tasks.write(
      '../lambdapool.config.mjs',
      `export default { functionName: 'squares', memoryMb: 512, timeoutMs: 5000, tags: { team: 'a' } };`,
    );
    const { code, stdout, stderr } = await runCli(['template', '--memory', '256', '--alarms'], { cwd });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Wrote sam\/template\.yaml and the 1 task that it deploys \(\d+(\.\d)? KB zipped\)\.\nDeploy them: cd sam && sam deploy --guided --capabilities CAPABILITY_IAM\n$/,
    );
    const { Parameters, Resources } = parse(await readFile(path.join(cwd, 'sam/template.yaml'), 'utf8'), {
      logLevel: 'error',
    });
    const defaults = ['FunctionName', 'MemorySize', 'Timeout'].map((name) => Parameters[name].Default);
    expect(defaults).toEqual(['squares', 256, 5]);
    expect(Resources.TasksFunction.Properties.Tags).toMatchObject({ team: 'a', creator: 'lambdapool' });
    expect(Object.keys(Resources)).toContain('ErrorsAlarm');
  });

  it('prints what it wrote as JSON', async () => {
    await using tasks = await tasksRoot(TASK);
    const cwd = path.dirname(tasks.directory);
    const { stdout } = await runCli(['template', '--out', 'deploy/here', '--json'], { cwd });
    expect(JSON.parse(stdout)).toMatchObject({
      templateFile: expect.stringContaining(path.join('deploy', 'here', 'template.yaml')),
      codeFolder: expect.stringContaining(path.join('deploy', 'here', 'bundle')),
    });
  });

  it('ends when it is interrupted, and writes no template', async () => {
    await using tasks = await tasksRoot(TASK);
    const cwd = path.dirname(tasks.directory);
    await tasks.write('../lambdapool.config.mjs', `process.kill(process.pid, 'SIGTERM'); export default {};`);
    const { code, stdout, stderr } = await runCli(['template'], { cwd });
    expect(stderr).toBe('lambdapool: Interrupted. No template was written.\n');
    expect(stdout).toBe('');
    expect(code).toBe(143);
    expect(existsSync(path.join(cwd, 'sam/template.yaml'))).toBe(false);
  });

  it('says how a tasks root is mended in words that hold on a command line, too', async () => {
    const { code, stderr } = await runCli(['template', 'no-such-folder']);
    expect(stderr).toMatch(
      /^lambdapool: The tasks root .*no-such-folder does not exist\. Make it a folder of modules that export functions, or name another one\.\n$/,
    );
    expect(code).toBe(2);
  });

  it('refuses to overwrite what is not its own in one sentence', async () => {
    await using tasks = await tasksRoot(TASK);
    await tasks.write('../sam/template.yaml', 'Resources: {}\n');
    const { code, stderr } = await runCli(['template'], { cwd: path.dirname(tasks.directory) });
    expect(stderr).toMatch(
      /^lambdapool: .*template\.yaml was not written by lambdapool\. Name another folder with --out, .*\n$/,
    );
    expect(code).toBe(2);
  });
});
