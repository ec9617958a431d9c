/** The tasks that the suite runs. */
import { fileURLToPath } from 'node:url';
import type { Manifest } from '../../src/index.ts';
import { tasksSource } from '../../src/bundle/tasks-source.ts';

export const FIXTURES: string = fileURLToPath(new URL('../../fixtures/tasks', import.meta.url));

let manifest: Promise<Manifest> | undefined;

/** What a build of them on this machine says. */
export function fixturesManifest(): Promise<Manifest> {
  manifest ??= (async () => {
    await using source = tasksSource({ tasksRoot: FIXTURES, watch: false });
    return await source.manifest();
  })();
  return manifest;
}
