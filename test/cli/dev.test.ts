import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rm } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { descendants, isAlive } from '../support/processes.ts';
import { tasksRoot } from '../support/tasks-root.ts';
import { startCli } from './cli.ts';
import type { Running } from './cli.ts';

const MATH = `
/** The square of x. Fast. */
export function square(x: number): number {
  console.log('squaring', x);
  return x * x;
}
export async function sleep(ms: number): Promise<void> { await new Promise((done) => setTimeout(done, ms)); }
export function loop(): void { for (;;) {} }
export function stage(): string | undefined { return process.env['STAGE'] + process.env['FROM_SHELL']; }
export function fail(): never { throw new RangeError('out of range'); }
`;

async function urlOf(dev: Running): Promise<string> {
  const [url] = await dev.seen(/http:\/\/127\.0\.0\.1:\d+/);
  return url;
}

async function invoke(url: string, task: string, ...args: readonly unknown[]): Promise<unknown> {
  const response = await fetch(`${url}/2015-03-31/functions/lambdapool/invocations`, {
    method: 'POST',
    body: JSON.stringify({ task, args }),
    signal: AbortSignal.timeout(20_000),
  });
  return response.json();
}

/** Sends `signal` and expects everything to be gone: exit code 0 and no process left. */
async function stop(dev: Running, signal: NodeJS.Signals): Promise<void> {
  const children = descendants(dev.pid);
  expect(children.length).toBeGreaterThan(0);
  dev.kill(signal);
  // npm and tsx pass on what the terminal has sent already.
  dev.kill(signal);
  expect(await dev.finished).toMatchObject({ code: 0, signal: null, stderr: '' });
  await eventually(() => expect(children.filter(isAlive)).toEqual([]), 1_000);
}

describe('lambdapool dev', () => {
  test('prints address, tasks and the lines for other clients, and a line for each invocation', async () => {
    await using root = await tasksRoot({ 'math.ts': MATH });
    await using dev = startCli(['dev', root.directory, '--port', '0']);
    await dev.seen(/Ctrl-C stops it/);
    const url = await urlOf(dev);
    expect(dev.stdout()).toMatch(/^ {2}math\.square\(x\) +The square of x\.$/m);
    expect(dev.stdout()).toContain(`  export AWS_ENDPOINT_URL_LAMBDA=${url} AWS_REGION=us-east-1`);
    expect(dev.stdout()).toContain(`  $env:AWS_ENDPOINT_URL_LAMBDA='${url}'; $env:AWS_REGION='us-east-1'`);
    expect(dev.stdout()).toContain('aws lambda invoke --function-name lambdapool');
    expect(await invoke(url, 'math.square', 7)).toBe(49);
    await dev.seen(/^ {2}\| INFO squaring 7\n\d\d:\d\d:\d\d {2}[0-9a-f]{8} {2}success +[\d.]+ ms +\d+ MB/m);
    expect(await invoke(url, 'math.fail')).toMatchObject({ errorType: 'RangeError', errorMessage: 'out of range' });
    await dev.seen(/^ {2}\| +at fail \(.*math\.ts:10:\d+\)\n.* error .*RangeError: out of range$/m);
    await stop(dev, 'SIGINT');
  });

  test('reloads what is saved, shows what does not build, and goes on when that is repaired', async () => {
    await using root = await tasksRoot({ 'math.ts': MATH });
    await using dev = startCli(['dev', root.directory, '--port', '0', '--isolation', 'thread']);
    const url = await urlOf(dev);
    expect(await invoke(url, 'math.square', 2)).toBe(4);
    await root.write(
      'math.ts',
      'export function square(x: number) { return `${x} squared`; }\nexport const cube = (x: number) => x ** 3;',
    );
    await dev.seen(
      /reloaded {2}generation 2 {2}[\d.]+ ms {2}.*math\.ts {2}\+ math\.cube {2}- math\.fail {2}- math\.loop/,
    );
    expect(await invoke(url, 'math.square', 2)).toBe('2 squared');
    await root.write('math.ts', 'export function square(x: number) {\n  return x +;\n}');
    await dev.seen(/build failed {2}the last good generation goes on\n[^]*math\.ts:2:\d+[^]*return x \+;/);
    expect(await invoke(url, 'math.square', 2)).toBe('2 squared');
    await root.write('math.ts', 'export function square(x: number) { return -x; }');
    await dev.seen(/reloaded {2}generation 3/);
    expect(await invoke(url, 'math.square', 2)).toBe(-2);
    dev.kill('SIGINT');
    expect(await dev.finished).toMatchObject({ code: 0, stderr: '' });
  });

  test('starts with code that does not build, and runs it once it does', async () => {
    await using root = await tasksRoot({ 'math.ts': 'export function f( {' });
    await using dev = startCli(['dev', root.directory, '--port', '0']);
    await dev.seen(/build failed {2}waiting for a repair\n[^]*math\.ts:1/);
    expect(dev.stdout()).not.toContain('reloaded');
    await root.write('math.ts', 'export function f() { return 1; }');
    expect(await invoke(await urlOf(dev), 'math.f')).toBe(1);
    await stop(dev, 'SIGINT');
  });

  test('leaves nothing behind when it ends while a task loops', async () => {
    await using root = await tasksRoot({ 'math.ts': MATH });
    await using dev = startCli(['dev', root.directory, '--port', '0', '--concurrency', '2']);
    const url = await urlOf(dev);
    const looping = invoke(url, 'math.loop').catch(() => 'gone');
    // The loop has begun when another environment has answered after it.
    await invoke(url, 'math.sleep', 100);
    await stop(dev, 'SIGTERM');
    expect(await looping).toBe('gone');
  });

  test('gives the tasks the variables that are listed, and no others', async () => {
    await using root = await tasksRoot({ 'math.ts': MATH });
    const env = { FROM_SHELL: '!', HIDDEN: 'x' };
    await using dev = startCli(['dev', root.directory, '--port', '0', '--env', 'STAGE=dev', '--env', 'FROM_SHELL'], {
      env,
    });
    expect(await invoke(await urlOf(dev), 'math.stage')).toBe('dev!');
  });

  test('prints one JSON object a line for programs', async () => {
    await using root = await tasksRoot({ 'math.ts': MATH });
    await using dev = startCli(['dev', root.directory, '--port', '0', '--json']);
    const url = await urlOf(dev);
    await invoke(url, 'math.square', 3);
    await dev.seen(/"event":"invocation\.finished"/);
    await root.write('math.ts', 'export const f = () => 1;');
    await dev.seen(/"event":"generation\.started"/);
    dev.kill('SIGINT');
    const { stdout, code } = await dev.finished;
    expect(code).toBe(0);
    const events: unknown[] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events).toMatchObject([
      {
        event: 'started',
        url,
        functionName: 'lambdapool',
        manifest: { tasks: { 'math.square': { params: [{ name: 'x' }] } } },
      },
      { event: 'invocation.finished', status: 'success', log: expect.stringContaining('squaring 3') },
      {
        event: 'generation.started',
        generation: 2,
        added: ['math.f'],
        removed: expect.arrayContaining(['math.square']),
      },
      { event: 'stopped' },
    ]);
  });

  test('serves the function under the name that it is given, to requests for the host that is allowed', async () => {
    await using root = await tasksRoot({ 'math.ts': MATH });
    await using dev = startCli([
      'dev',
      root.directory,
      '-p',
      '0',
      '-f',
      'math',
      '--allowed-host',
      'host.docker.internal',
    ]);
    const url = await urlOf(dev);
    const { hostname, port } = new URL(url);
    const answer = await fetch(`${url}/2015-03-31/functions/math/invocations`, {
      method: 'POST',
      body: '{"task":"math.square","args":[3]}',
    });
    expect(await answer.json()).toBe(9);
    expect(await invoke(url, 'math.square', 1)).toMatchObject({
      Message: expect.stringContaining('Function not found'),
    });
    const { request } = await import('node:http');
    const status = (host: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const path = '/2015-03-31/functions/math/invocations';
        const sent = request({ hostname, port, path, method: 'POST', headers: { host } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        sent.on('error', reject);
        sent.end('{"task":"math.square","args":[3]}');
      });
    expect(await status(`host.docker.internal:${port}`)).toBe(200);
    expect(await status(`evil.example:${port}`)).toBe(403);
  });

  test('ends when nobody reads what it prints', async () => {
    await using root = await tasksRoot({ 'math.ts': MATH });
    await using dev = startCli(['dev', root.directory, '--port', '0']);
    const url = await urlOf(dev);
    dev.child.stdout?.destroy();
    const answers = await Promise.allSettled([invoke(url, 'math.square', 1), invoke(url, 'math.square', 2)]);
    expect(answers).toHaveLength(2);
    expect((await dev.finished).code).toBe(0);
  });
});

describe('lambdapool dev refuses, in one sentence and with 2,', () => {
  test('a port that is in use', async () => {
    await using root = await tasksRoot({ 'math.ts': MATH });
    const other = createServer();
    await new Promise<void>((resolve) => {
      other.listen(0, '127.0.0.1', resolve);
    });
    const { port } = other.address() as AddressInfo;
    await using dev = startCli(['dev', root.directory, '--port', String(port)]);
    const { code, stdout, stderr } = await dev.finished;
    other.close();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      `lambdapool: Port ${port} is in use on 127.0.0.1. Stop the program that has it, or choose another with --port (0 takes a free one).\n`,
    );
  });

  test('a tasks root that is not there', async () => {
    await using root = await tasksRoot({});
    await rm(root.directory, { recursive: true });
    await using dev = startCli(['dev', root.directory, '--port', '0']);
    const { code, stdout, stderr } = await dev.finished;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^lambdapool: The tasks root .*tasks does not exist\..*\n$/);
  });
});

test('lambdapool dev waits for the first module of an empty tasks root', async () => {
  await using root = await tasksRoot({});
  await using dev = startCli(['dev', root.directory, '--port', '0']);
  await dev.seen(/build failed {2}waiting for a repair\n {2}The tasks root .* holds no task modules\./);
  await root.write('math.ts', 'export const one = () => 1;');
  expect(await invoke(await urlOf(dev), 'math.one')).toBe(1);
});
