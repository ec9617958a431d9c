import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageTasks } from '../../../../src/deploy/package/package-tasks.ts';
import { lambdaPlatform } from '../../../../src/deploy/package/target-platform.ts';

const TASKS = path.resolve(import.meta.dirname, '../../../../fixtures/tasks');

/** Loads a folder's handler as Lambda does, and prints what was loaded for it. */
const LOADER = `
  import { registerHooks } from 'node:module';
  const loaded = [];
  registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
  const { handler } = await import(process.argv[1]);
  const atInit = [...loaded];
  await handler({ task: 'math.add', args: [1, 2] }, { awsRequestId: 'r', getRemainingTimeInMillis: () => 60000 });
  process.stdout.write(JSON.stringify({ atInit, later: loaded.slice(atInit.length) }));
`;

interface Loaded {
  readonly atInit: readonly string[];
  readonly later: readonly string[];
}

let parent: string;
let directory: string;

beforeAll(async () => {
  parent = await mkdtemp(path.join(tmpdir(), 'lambdapool-init-'));
  const made = await packageTasks({
    tasksRoot: TASKS,
    outDir: path.join(parent, 'out'),
    platform: lambdaPlatform('arm64'),
  });
  directory = made.directory;
});
afterAll(() => rm(parent, { recursive: true }));

async function load(): Promise<Loaded> {
  const index = pathToFileURL(path.join(directory, 'index.mjs')).href;
  const args = ['--input-type=module', '--eval', LOADER, index];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 10_000 });
  const loaded: Loaded = JSON.parse(stdout);
  const shorten = (url: string): string => url.replace(pathToFileURL(directory).href, '');
  return { atInit: loaded.atInit.map(shorten), later: loaded.later.map(shorten) };
}

describe('a cold start of the deployed folder', () => {
  it('reads an agent of less than 40 KB', async () => {
    expect((await stat(path.join(directory, 'agent.mjs'))).size).toBeLessThan(40 * 1024);
  });

  it('loads the agent, the manifest and small parts of Node, and no task', async () => {
    const { atInit } = await load();
    const own = atInit.filter((url) => !url.startsWith('node:'));
    expect(own.sort()).toEqual(['/agent.mjs', '/index.mjs', '/manifest.json']);
    // These are in memory before any program runs; others, such as node:http, take milliseconds.
    const present = new Set(['node:async_hooks', 'node:url', 'node:util']);
    expect(atInit.filter((url) => url.startsWith('node:') && !present.has(url))).toEqual([]);
  });

  it('loads the module of a task with its first call, and nothing of the others', async () => {
    const { later } = await load();
    expect(later.filter((url) => url.startsWith('/'))).toEqual(['/tasks/math.mjs']);
  });
});
