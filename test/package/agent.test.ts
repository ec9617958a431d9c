/** Whoever works on lambdapool deploys the same agent as whoever has installed it: no pool finds their functions different. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import * as sources from '../../src/bundle/bundle-tasks.ts';
import { tasksRoot } from '../support/tasks-root.ts';

test('the agent that the built package bundles is that of the sources, to the byte', async () => {
  await using tasks = await tasksRoot({ 'math.ts': 'export const square = (n: number): number => n * n;' });
  const built: typeof sources = await import(new URL('../../dist/src/bundle/bundle-tasks.js', import.meta.url).href);
  const [ours, theirs] = await Promise.all(
    [sources, built].map(async ({ bundleTasks }, index) => {
      const outDir = tasks.path(`../out-${index}`);
      const { hash } = await bundleTasks({ tasksRoot: tasks.directory, outDir });
      return { hash, agent: await readFile(path.join(outDir, 'agent.mjs'), 'utf8') };
    }),
  );
  expect(theirs).toEqual(ours);
});
