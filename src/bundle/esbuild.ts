/** The only importer of esbuild: its service starts with the first user and ends with the last. */
import type * as esbuild from 'esbuild';
import { LambdaPoolError } from '../shared/errors.ts';

export type { BuildContext, BuildOptions, BuildResult, Message, Metafile, OutputFile, Plugin } from 'esbuild';
export type Esbuild = typeof esbuild;

let users = 0;

export interface EsbuildLease extends AsyncDisposable {
  readonly esbuild: Esbuild;
}

/** Loads esbuild. Its child process does not keep ours alive, and is gone when all leases are disposed of. */
export async function leaseEsbuild(): Promise<EsbuildLease> {
  const module = await import('esbuild').catch((cause: unknown) => {
    throw new LambdaPoolError('BUILD_FAILED', 'esbuild could not be loaded. Install it: npm install esbuild', {
      cause,
    });
  });
  users += 1;
  let held = true;
  return {
    esbuild: module,
    async [Symbol.asyncDispose]() {
      if (!held) return;
      held = false;
      users -= 1;
      if (users === 0) await module.stop();
    },
  };
}
