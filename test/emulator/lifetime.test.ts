import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Emulator } from '../../emulator/index.ts';
import { eventually } from '../support/eventually.ts';
import { descendants, isAlive } from '../support/processes.ts';
import { call, ISOLATIONS, send } from './call.ts';
import { TestCode } from './test-code.ts';

const SCRIPT = fileURLToPath(new URL('./scripts/parent.ts', import.meta.url));
const SLEEPER = `export const handler = (ms) => new Promise((resolve) => setTimeout(resolve, ms, 'slept'));`;

describe.each(ISOLATIONS)('an emulator with environments that are a %s each', (isolation) => {
  const create = (code = new TestCode(SLEEPER)): Emulator => {
    const emulator = new Emulator({ isolation, concurrency: 1 });
    emulator.register({ code, timeoutMs: 20_000 });
    return emulator;
  };

  test('close lets all finish that was accepted, then nothing is left', async () => {
    const code = new TestCode(SLEEPER);
    await using emulator = create(code);
    await emulator.ready();
    const { pids } = emulator.stats();
    const calls = [call(emulator, 100), call(emulator, 1), call(emulator, 1)];
    const closed = emulator.close();
    expect(emulator.close()).toBe(closed);
    await expect(send(emulator, 1)).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await closed;
    expect(await Promise.all(calls)).toEqual(['slept', 'slept', 'slept']);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(code.disposed).toBe(true);
    expect(code.directories.size).toBe(0);
  });

  test('terminate ends at once: waiting calls have not run, running ones nobody knows', async () => {
    const code = new TestCode(`export const handler = () => { for (;;); };`);
    await using emulator = create(code);
    await emulator.ready();
    const { pids } = emulator.stats();
    const outcomes = Promise.allSettled(Array.from({ length: 500 }, () => send(emulator, {})));
    const startedAt = performance.now();
    const terminated = emulator.terminate();
    expect(emulator.terminate()).toBe(terminated);
    await terminated;
    expect(performance.now() - startedAt).toBeLessThan(1000);
    const codes = (await outcomes).map((each) => (each.status === 'rejected' ? each.reason.code : 'fulfilled'));
    expect(codes).toEqual(['OUTCOME_UNKNOWN', ...Array.from({ length: 499 }, () => 'UNREACHABLE')]);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(code.disposed).toBe(true);
    await emulator.close();
  });

  test('terminate in the middle of a reload leaves nothing of either generation', async () => {
    const code = new TestCode(SLEEPER);
    await using emulator = create(code);
    await emulator.ready();
    code.publish(`${SLEEPER} // changed`);
    const { pids } = emulator.stats();
    await emulator.terminate();
    expect(pids.filter(isAlive)).toEqual([]);
    expect(code.directories.size).toBe(0);
  });

  test('an answer that waits to be read when time is up is an answer', async () => {
    await using emulator = new Emulator({ isolation, concurrency: 1 });
    emulator.register({ code: new TestCode(SLEEPER), timeoutMs: 300 });
    await emulator.ready();
    const answer = call(emulator, 1);
    for (const until = performance.now() + 600; performance.now() < until;);
    expect(await answer).toBe('slept');
  });

  test('terminate during the first build is not told as a failure of that build', async () => {
    const build = Promise.withResolvers<never>();
    await using emulator = new Emulator({ isolation, concurrency: 1 });
    emulator.register({
      code: {
        current: () => build.promise,
        onChange: () => ({ [Symbol.dispose]: () => {} }),
        [Symbol.asyncDispose]: async () => build.reject(new Error('closed while it built')),
      },
    });
    const failures: Error[] = [];
    emulator.on('build.failed', ({ error }) => failures.push(error));
    const outcome = send(emulator, 1);
    outcome.catch(() => {});
    await emulator.terminate();
    await expect(outcome).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(failures).toEqual([]);
  });

  test('one that was never used can be closed', async () => {
    const code = new TestCode(SLEEPER);
    const emulator = create(code);
    await emulator.close();
    expect(code.disposed).toBe(true);
  });

  test('a script that forgets to close exits by itself, and so do the environments', async () => {
    await using program = await Program.start(isolation, 'forgets');
    expect(await program.exit()).toBe(0);
    expect(await program.leftAfterASecond()).toEqual([]);
  });

  test('a script that closes exits at once', async () => {
    await using program = await Program.start(isolation, 'closes');
    const startedAt = performance.now();
    expect(await program.exit()).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(1000);
    expect(await program.leftAfterASecond()).toEqual([]);
  });

  test('a script that throws leaves nothing', async () => {
    await using program = await Program.start(isolation, 'throws');
    expect(await program.exit()).toBe(1);
    expect(await program.leftAfterASecond()).toEqual([]);
  });

  test.runIf(process.platform !== 'win32').each(['SIGKILL', 'SIGINT', 'SIGTERM'] as const)(
    'a second after %s during endless loops nothing is left',
    async (signal) => {
      await using program = await Program.start(isolation, 'loops');
      program.kill(signal);
      await program.exit();
      expect(await program.leftAfterASecond()).toEqual([]);
    },
  );
});

test.runIf(process.platform !== 'win32').each(['the emulator closes', 'the environment exits'])(
  'processes that the code started go with their environment when %s',
  async (when) => {
    await using emulator = new Emulator({ concurrency: 1 });
    emulator.register({
      code: new TestCode(`
        import { spawn } from 'node:child_process';
        export const handler = async (exit) => {
          if (exit) process.exit(0);
          return spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' }).pid;
        };
      `),
    });
    const pid = await call<number>(emulator, false);
    expect(isAlive(pid)).toBe(true);
    if (when === 'the emulator closes') await emulator.close();
    else await send(emulator, true);
    await eventually(() => expect(isAlive(pid)).toBe(false), 1000);
  },
);

test.runIf(process.platform !== 'win32')('a guard that was killed is replaced', async () => {
  await using emulator = new Emulator({ concurrency: 1 });
  emulator.register({ code: new TestCode(`export const handler = async (exit) => exit && process.exit(1);`) });
  await emulator.ready();
  const guardPid = await eventually(() => onlyGuard(emulator), 2000);
  process.kill(guardPid, 'SIGKILL');
  await eventually(() => expect(isAlive(guardPid)).toBe(false), 2000);
  await send(emulator, true);
  await send(emulator, false);
  const next = await eventually(() => onlyGuard(emulator), 2000);
  expect(next).not.toBe(guardPid);
  await emulator.close();
  await eventually(() => expect(isAlive(next)).toBe(false), 2000);
});

/** The only child of this worker that is no environment. */
function onlyGuard(emulator: Emulator): number {
  const { pids } = emulator.stats();
  const others = descendants(process.pid).filter((pid) => !pids.includes(pid) && isAlive(pid));
  const [guard] = others;
  if (guard === undefined || others.length > 1) throw new Error(`Expected one guard, found ${others.length}.`);
  return guard;
}

/** A script that runs an emulator, seen from outside. */
class Program implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown[]>;
  readonly #directory: string;
  #started = new Set<number>();

  private constructor(child: ChildProcess, directory: string) {
    this.#child = child;
    this.#exited = once(child, 'exit');
    this.#directory = directory;
  }

  /** Resolves when the script has said which processes it has. */
  static async start(isolation: string, ending: string): Promise<Program> {
    const directory = mkdtempSync(join(tmpdir(), 'lambdapool-test-'));
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', SCRIPT, isolation, ending], {
      stdio: ['ignore', 'pipe', 'ignore'],
      // A script that is killed cannot clean up.
      env: { ...process.env, TMPDIR: directory },
      // A group of its own, as a terminal makes it: a signal to the group is Ctrl-C.
      detached: true,
    });
    const program = new Program(child, directory);
    let text = '';
    for await (const chunk of child.stdout) {
      text += String(chunk);
      if (text.includes('\n')) break;
    }
    const below = child.pid === undefined ? [] : descendants(child.pid);
    program.#started = new Set([...below, ...(JSON.parse(text) as number[])]);
    return program;
  }

  kill(signal: NodeJS.Signals): void {
    process.kill(-(this.#child.pid ?? Number.NaN), signal);
  }

  async exit(): Promise<unknown> {
    const [code] = await this.#exited;
    return code;
  }

  /** Its processes that are still there then; comes back earlier if there are none. */
  async leftAfterASecond(): Promise<number[]> {
    const alive = (): number[] => [...this.#started].filter(isAlive);
    await eventually(() => expect(alive()).toEqual([]), 1000).catch(() => {});
    return alive();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
    for (const pid of this.#started) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
