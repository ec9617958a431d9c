/** The HTTP door of the emulator against a bare express app; the load comes from another process. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CLI, startServing, type Server } from './children.ts';
import { WORKERS } from './contestants.ts';
import { compare, type Effort, type Result } from './harness.ts';

const run = promisify(execFile);
const LOAD = fileURLToPath(new URL('http-load.ts', import.meta.url));
const EXPRESS = fileURLToPath(new URL('express-server.ts', import.meta.url));
const DOOR = fileURLToPath(new URL('door-server.ts', import.meta.url));
const TASKS = fileURLToPath(new URL('../fixtures/tasks', import.meta.url));
const CONNECTIONS = 10;

/** The emulator's server alone. */
function door(isolation: 'process' | 'thread'): Promise<Server> {
  return startServing([DOOR, TASKS, isolation, String(WORKERS)]);
}

/** `lambdapool dev`, as a user starts it: a line of JSON for each invocation. */
function dev(isolation: 'process' | 'thread'): Promise<Server> {
  const options = ['--isolation', isolation, '--concurrency', String(WORKERS), '--port', '0', '--json'];
  return startServing([CLI, 'dev', TASKS, ...options]);
}

/** Requests per second, 10 connections, for the plain event that any Lambda client can send. */
export async function benchHttp({ rounds, quick }: Effort): Promise<Result> {
  const count = quick ? 1_000 : 10_000;
  await using processes = await door('process');
  await using threads = await door('thread');
  await using development = await dev('process');
  await using bare = await startServing([EXPRESS]);
  const body = JSON.stringify({ task: 'echo.echo', args: [42] });
  const load = async (server: Server, expected: string): Promise<number> => {
    const url = `${server.origin}/2015-03-31/functions/lambdapool/invocations`;
    const { stdout } = await run(process.execPath, [LOAD, url, body, expected, String(count), String(CONNECTIONS)]);
    return count / Number(stdout);
  };
  return await compare({
    title: `The HTTP door: ${CONNECTIONS} connections, ${WORKERS} environments`,
    unit: 'requests/s',
    rounds,
    baseline: 'bare express',
    targets: { 'emulator, process': { min: 0.5 }, 'emulator, thread': { min: 0.6 } },
    contestants: [
      { name: 'emulator, process', measure: () => load(processes, '42') },
      { name: 'emulator, thread', measure: () => load(threads, '42') },
      { name: 'lambdapool dev --json, process', measure: () => load(development, '42') },
      { name: 'bare express', measure: () => load(bare, body) },
    ],
    note: 'Load from a process of its own; bare express reads the body by hand and sends it back.',
  });
}
