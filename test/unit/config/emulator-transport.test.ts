import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LambdaPool, emulatorTransport } from '../../../src/index.ts';
import type { EmulatorTransportOptions } from '../../../src/index.ts';

const LOOK = `export const look = (n: string) => process.env[n] ?? null;
export const price = async () => (await import('node:fs/promises')).readFile(new URL('./price.csv', import.meta.url), 'utf8');`;

let project = '';
const before = process.cwd();

// The working directory is the process's: the configuration is looked for from there.
beforeEach(async () => {
  project = await realpath(await mkdtemp(join(tmpdir(), 'lambdapool-config-')));
  await mkdir(join(project, 'src/tasks'), { recursive: true });
  await writeFile(join(project, 'package.json'), '{ "type": "module" }');
  await writeFile(join(project, 'src/tasks/env.ts'), LOOK);
  await writeFile(join(project, 'src/tasks/price.csv'), '42');
});

afterEach(async () => {
  process.chdir(before);
  await rm(project, { recursive: true, force: true });
});

async function callAll(options: EmulatorTransportOptions): Promise<readonly unknown[]> {
  await using pool = new LambdaPool({ workers: 1, transport: emulatorTransport({ isolation: 'thread', ...options }) });
  return await Promise.all([
    pool.apply('env.look', { args: ['A'] }),
    pool.apply('env.look', { args: ['B'] }),
    pool.apply('env.price'),
  ]);
}

describe('emulatorTransport()', () => {
  test('takes what its options leave open from the configuration', async () => {
    const config = { tasksRoot: './src/tasks', env: { A: '1', B: '2' }, assets: ['*.csv'] };
    await writeFile(join(project, 'lambdapool.config.mjs'), `export default ${JSON.stringify(config)};`);
    process.chdir(project);
    expect(await callAll({ env: { B: '3' } })).toEqual(['1', '3', '42']);
  });

  test('rejects calls with the sentence of a configuration that is wrong', async () => {
    await writeFile(join(project, 'lambdapool.config.mjs'), 'export default { memory: 1 };');
    process.chdir(project);
    await expect(callAll({})).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: 'lambdapool.config.mjs:1: the configuration has no key `memory`. Did you mean `memoryMb`?',
    });
  });
});
