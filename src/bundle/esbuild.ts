/** The only importer of esbuild: its service starts with the first user and ends with the last. */
import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type * as esbuild from 'esbuild';
import { LambdaPoolError } from '../shared/errors.ts';

export type { BuildContext, BuildOptions, BuildResult, Message, Metafile, OutputFile, Plugin } from 'esbuild';
export type Esbuild = typeof esbuild;

let users = 0;
let service: ChildProcess | undefined;

export interface EsbuildLease extends AsyncDisposable {
  readonly esbuild: Esbuild;
  /** Lets our process end although a context is open: opening one makes esbuild's child keep it alive. */
  unref(): void;
  /** Whether esbuild's child has died: only a new lease helps. */
  isDead(): boolean;
}

/** Loads esbuild. Its child process is gone when all leases are disposed of, and with our process at the latest. */
export async function leaseEsbuild(): Promise<EsbuildLease> {
  const module = await import('esbuild').catch((cause: unknown) => {
    throw new LambdaPoolError('BUILD_FAILED', 'esbuild could not be loaded. Install it: npm install esbuild', {
      cause,
    });
  });
  users += 1;
  // esbuild does not notice by itself that its child has died, of want of memory say, and needs to be told to stop.
  if (hasEnded(service)) await module.stop();
  if (service === undefined || hasEnded(service)) service = startService(module);
  let held = true;
  return {
    esbuild: module,
    isDead: () => hasEnded(service),
    unref: () => service?.unref(),
    async [Symbol.asyncDispose]() {
      if (!held) return;
      held = false;
      users -= 1;
      if (users > 0) return;
      service = undefined;
      await module.stop();
    },
  };
}

function hasEnded(child: ChildProcess | undefined): boolean {
  return child !== undefined && (child.exitCode !== null || child.signalCode !== null);
}

// esbuild does not hand out its child, but starts it before `initialize` returns, and Node tells of new processes.
function startService(module: Esbuild): ChildProcess | undefined {
  let child: ChildProcess | undefined;
  const onSpawn = (message: unknown): void => {
    child = (message as { readonly process: ChildProcess }).process;
  };
  subscribe('child_process', onSpawn);
  try {
    void module.initialize({});
  } catch {
    // Somebody else in this process has started it.
  } finally {
    unsubscribe('child_process', onSpawn);
  }
  return child;
}
