/** The test run of docs/localstack.md, as it stands there. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { describeOnLocalStack } from '../support/localstack.ts';
import { tasksRoot, type TasksRoot } from '../support/tasks-root.ts';

const repository = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));

describeOnLocalStack('docs/localstack.md', () => {
  test('its setup of Vitest gives all tests one LocalStack, and its test passes', async () => {
    const page = await readFile(repository('docs/localstack.md'), 'utf8');
    const blocks = [...page.matchAll(/^```ts\n\/\/ (\S+)\n(.*?)^```$/gms)];
    expect(blocks.map(([, name]) => name)).toEqual(['localstack-setup.ts', 'vitest.config.ts', 'math.test.ts']);
    await using tasks = await tasksRoot({ 'math.ts': 'export const square = (n: number): number => n * n;' });
    for (const [, name = '', text = ''] of blocks) await tasks.write(`../${name}`, text);
    await linkPackages(tasks);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [repository('node_modules/vitest/vitest.mjs'), 'run'],
      {
        cwd: path.dirname(tasks.directory),
        env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST'))),
      },
    );
    expect(stdout).toMatch(/Tests .*1 passed/);
  });
});

/** What the project has installed: Vitest, and lambdapool as it is here, without a build. */
async function linkPackages(tasks: TasksRoot): Promise<void> {
  await tasks.write('../lambdapool/package.json', '{ "type": "module", "exports": "./index.ts" }');
  await tasks.write('../lambdapool/index.ts', `export * from ${JSON.stringify(repository('src/index.ts'))};`);
  await mkdir(tasks.path('../node_modules'));
  await symlink(repository('node_modules/vitest'), tasks.path('../node_modules/vitest'));
  await symlink(tasks.path('../lambdapool'), tasks.path('../node_modules/lambdapool'));
}
