/** A pool that knows its tasks, and a function that holds them, or does not. */
import { expect } from 'vitest';
import * as math from '../../fixtures/tasks/math.ts';
import type { Manifest, TaskEntry } from '../../src/index.ts';
import { fixturesManifest } from './fixtures.ts';
import { group } from './place.ts';
import type { Behaviour } from './place.ts';
import { rejection } from './rejection.ts';

/** The manifest with another entry for one task. */
async function manifestWith(name: string, change: Partial<TaskEntry>): Promise<Manifest> {
  const manifest = await fixturesManifest();
  const entry = manifest.tasks[name];
  if (entry === undefined) throw new Error(`The fixtures have no ${name}.`);
  return { ...manifest, tasks: { ...manifest.tasks, [name]: { ...entry, ...change } } };
}

export const VERSION_SKEW: readonly Behaviour[] = group('version skew', {
  'a pool with the modules of tasks that are there runs them': async (on) => {
    await using pool = await on.pool({ tasks: { math } });
    expect(await pool.apply('math.add', { args: [1, 2] })).toBe(3);
  },
  'a pool with modules that the function does not have is refused, and told which tasks are missing': async (on) => {
    await using pool = await on.pool({ tasks: { math: { ...math, median: () => 0 } } });
    expect(await rejection(pool.apply('math.add', { args: [1, 2] }))).toMatchObject({
      code: 'TASKS_DIFFER',
      message: expect.stringContaining('`math.median` is missing there'),
      details: { missing: ['math.median'] },
    });
  },
  'a pool with the manifest of the very tasks runs them: the same code has the same hash everywhere': async (on) => {
    await using pool = await on.pool({ manifest: await fixturesManifest() });
    expect(await pool.apply('math.add', { args: [1, 2] })).toBe(3);
  },
  'a pool with a manifest of other code is refused, and told which task has changed': async (on) => {
    await using pool = await on.pool({ manifest: await manifestWith('math.add', { hash: '0123456789abcdef' }) });
    expect(await rejection(pool.apply('math.square', { args: [1] }))).toMatchObject({
      code: 'TASKS_DIFFER',
      message: expect.stringContaining('the code of `math.add` has changed'),
      details: { code: ['math.add'] },
    });
  },
  'a pool with a manifest of other parameters is refused, and told both': async (on) => {
    await using pool = await on.pool({
      manifest: await manifestWith('math.square', { params: [{ name: 'n', required: true }] }),
    });
    expect(await rejection(pool.apply('math.add', { args: [1] }))).toMatchObject({
      code: 'TASKS_DIFFER',
      message: expect.stringContaining('`math.square` takes (x) there, not (n)'),
    });
  },
});
