/** What commands load: whoever asks for help does not wait for the AWS SDK. */
import { describe, expect, test } from 'vitest';
import { tasksRoot } from '../support/tasks-root.ts';
import { runCli } from './cli.ts';

/** Prints the name of each package that a program loads, at its end. */
const PRINT_PACKAGES = `
import { registerHooks } from 'node:module';
const names = new Set();
registerHooks({
  load(url, context, next) {
    const name = /node_modules\\/((?:@[^/]+\\/)?[^/]+)\\/(?!.*node_modules)/.exec(url)?.[1];
    if (name !== undefined) names.add(name);
    return next(url, context);
  },
});
process.once('exit', () => console.error([...names].join('\\n')));`;

/** Slow to load, and of use to commands that deploy or start containers. */
const HEAVY = /aws-sdk|smithy|testcontainers|dockerode|^yaml$|fflate|yauzl/;

async function packagesOf(words: readonly string[], cwd: string): Promise<readonly string[]> {
  const hook = `data:text/javascript,${encodeURIComponent(PRINT_PACKAGES)}`;
  const { code, stderr } = await runCli(words, { cwd, env: { NODE_OPTIONS: `--import=${hook}` } });
  expect({ words, code }).toEqual({ words, code: 0 });
  return stderr.split('\n').filter((line) => line !== '');
}

describe('nothing heavy is loaded for', () => {
  test.each([
    [['--help']],
    [['create', '--help']],
    [['--print-config']],
    [['policy', 'f']],
    [['tasks']],
    [['apply', 'math.add', '--args', '[1,2]', '--tasks', 'tasks']],
  ])('%j', async (words) => {
    await using root = await tasksRoot({ 'math.ts': 'export const add = (a: number, b: number) => a + b;\n' });
    const packages = await packagesOf(words, root.path('..'));
    // Else nothing was watched.
    expect(packages).toContain('commander');
    expect(packages.filter((name) => HEAVY.test(name))).toEqual([]);
  });

  test('but is for what needs it', async () => {
    await using root = await tasksRoot({ 'math.ts': 'export const add = (a: number, b: number) => a + b;\n' });
    expect(await packagesOf(['template'], root.path('..'))).toContain('yaml');
  });
});
