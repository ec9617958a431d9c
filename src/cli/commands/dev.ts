/** `lambdapool dev`: the emulator with its HTTP door on a tasks root, until Ctrl-C. */
import path from 'node:path';
import type { Emulator } from '../../../emulator/emulator.ts';
import type { Server } from '../../../emulator/http/server.ts';
import type { TasksSource } from '../../bundle/tasks-source.ts';
import { isLambdaPoolError } from '../../shared/errors.ts';
import { checkOneOf } from '../../shared/options.ts';
import { Scope } from '../../shared/scope.ts';
import { DEFAULT_FUNCTION, DEFAULT_TASKS_ROOT } from '../defaults.ts';
import {
  buildFailedText,
  deployedText,
  invocationText,
  jsonEvent,
  nameOfOther,
  reloadText,
  startedText,
} from '../dev-lines.ts';
import type { Io } from '../io.ts';
import type { SettingValues } from '../settings.ts';

export interface DevOptions {
  /** Tasks root, name, memory and so on; what is missing is left to the emulator. */
  readonly settings: SettingValues;
  readonly port: number;
  readonly isolation: 'process' | 'thread';
  readonly concurrency: number;
  readonly allowedHosts: readonly string[];
  readonly json: boolean;
}

/** Serves until `signal` aborts. Leaves nothing behind, however it ends. */
export async function dev(options: DevOptions, io: Io, signal: AbortSignal): Promise<void> {
  await using scope = new Scope();
  const startedAt = performance.now();
  const { functionName = DEFAULT_FUNCTION, tasksRoot = DEFAULT_TASKS_ROOT } = options.settings;
  const { emulator, code } = await startEmulator(options, scope);
  report({ emulator, code, functionName, json: options.json }, io, scope);
  // The build, which another process does, goes on while the modules of the server are loaded.
  const built = firstGeneration(emulator, functionName);
  const server = scope.use(await listen(emulator, options));
  const stopped = aborted(signal);
  await Promise.race([built, stopped]);
  if (signal.aborted) return;
  const started = {
    url: server.url,
    functionName,
    tasksRoot: path.relative('', tasksRoot) || '.',
    manifest: await code.manifest(),
    notes: code.notes,
    durationMs: performance.now() - startedAt,
  };
  await io.stdout.write(options.json ? jsonEvent('started', started) : startedText(started, io.stdout));
  // Not before, as it takes as long as a third of all this.
  await server.ready();
  await stopped;
  if (options.json) await io.stdout.write(jsonEvent('stopped', { at: Date.now() }));
}

/** Resolves when there is code to run. Code that does not build is reported, and waited for until it is repaired. */
function firstGeneration(emulator: Emulator, functionName: string): Promise<void> {
  const repaired = new Promise<void>((resolve) => {
    emulator.on('generation.started', (event) => {
      if (event.functionName === functionName) resolve();
    });
  });
  const ready = emulator.ready(functionName).catch((error: unknown) => {
    if (isLambdaPoolError(error, 'BUILD_FAILED')) return repaired;
    throw error;
  });
  // Its failure is awaited only after the server listens.
  ready.catch(() => undefined);
  return ready;
}

async function listen(emulator: Emulator, { port, allowedHosts }: DevOptions): Promise<Server> {
  const { startServer } = await import('../../../emulator/http/server.ts');
  return startServer({ emulator, port, allowedHosts });
}

interface Running {
  readonly emulator: Emulator;
  readonly code: TasksSource;
}

async function startEmulator(options: DevOptions, scope: Scope): Promise<Running> {
  const [{ Emulator }, { tasksSource }] = await Promise.all([
    import('../../../emulator/emulator.ts'),
    import('../../bundle/tasks-source.ts'),
  ]);
  const { isolation, concurrency, settings } = options;
  const { tasksRoot = DEFAULT_TASKS_ROOT, functionName = DEFAULT_FUNCTION, external = [], assets = [] } = settings;
  const code = tasksSource({ tasksRoot, external, assets, watch: true });
  const emulator = new Emulator({ isolation, concurrency });
  scope.defer(() => emulator.terminate());
  const { memoryMb, timeoutMs, env } = settings;
  emulator.register({ functionName, code, memoryMb, timeoutMs, env, runtime: emulatedRuntime(settings.runtime) });
  return { emulator, code };
}

function emulatedRuntime(runtime: string | undefined): 'nodejs22.x' | 'nodejs24.x' | undefined {
  return runtime === undefined ? undefined : checkOneOf('runtime', runtime, ['nodejs22.x', 'nodejs24.x']);
}

interface Reported extends Running {
  /** The function of the tasks root. Others may be created by whoever calls. */
  readonly functionName: string;
  readonly json: boolean;
}

/** Prints each event of the emulator. */
function report({ emulator, code, functionName, json }: Reported, io: Io, scope: Scope): void {
  const { colors } = io.stdout;
  const print = (event: string, facts: object, text: string): void => {
    void io.stdout.write(json ? jsonEvent(event, facts) : text);
  };
  const names = async (): Promise<readonly string[]> => Object.keys((await code.manifest()).tasks).sort();
  let known: Names | undefined;
  scope.use(
    emulator.on('invocation.finished', (event) => {
      print('invocation.finished', event, invocationText(event, colors, nameOfOther(event, functionName)));
    }),
  );
  scope.use(
    emulator.on('build.failed', (event) => {
      // Nobody waits for a repair of what cannot be repaired: that ends the command, with the same sentence.
      if (known === undefined && !isLambdaPoolError(event.error, 'BUILD_FAILED')) return;
      print('build.failed', event, buildFailedText({ ...event, isFirst: known === undefined }, colors));
    }),
  );
  scope.use(
    emulator.on('generation.started', (event) => {
      const other = nameOfOther(event, functionName);
      if (other !== undefined) return print('generation.started', event, deployedText(event, colors, other));
      const before = known;
      known = names().catch(() => before ?? []);
      // What the first one brings is told in full.
      if (before === undefined) return;
      void compare(before, known, (difference) => {
        print('generation.started', { ...event, ...difference }, reloadText({ ...event, ...difference }, colors));
      });
    }),
  );
}

interface Difference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

type Names = Promise<readonly string[]>;

async function compare(before: Names, after: Names, tell: (difference: Difference) => void): Promise<void> {
  const [old, now] = await Promise.all([before, after]);
  tell({ added: now.filter((name) => !old.includes(name)), removed: old.filter((name) => !now.includes(name)) });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
