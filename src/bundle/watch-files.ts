/** The only importer of chokidar: tells of changes below a folder, and in single files outside it. */
import { existsSync } from 'node:fs';
import type { FSWatcher } from 'chokidar';
import { LambdaPoolError } from '../shared/errors.ts';
import { isInside } from './paths.ts';

export interface WatchOptions {
  /** Folder to watch with all that is below. Absolute, links resolved. */
  readonly root: string;
  /** Whether something below the root is of no interest; asked of folders too. */
  ignores(path: string): boolean;
  /** A file or folder was added, changed or removed. Without a path: something may have changed. */
  readonly onChange: (path: string | undefined) => void;
}

export interface FileWatch extends AsyncDisposable {
  /** Resolves when every later change will be told; earlier ones may have been missed. */
  readonly ready: Promise<void>;
  /**
   * Watches these files outside the root, whether they are there or not, and no others any more. What happened to a new
   * one before it was watched is told as a possible change.
   */
  follow(files: Iterable<string>): void;
}

export async function watchFiles(options: WatchOptions): Promise<FileWatch> {
  const { root } = options;
  const { watch } = await import('chokidar').catch((cause: unknown) => {
    throw new LambdaPoolError(
      'OPTION_INVALID',
      'chokidar, which the option `watch` needs, could not be loaded. Install it: npm install chokidar',
      { cause },
    );
  });
  const failed = (error: unknown): void => {
    process.emitWarning(`Watching ${root} failed, changes may go unnoticed: ${String(error)}`, 'LambdaPoolWarning');
  };
  const below = watch(root, {
    ...COMMON,
    ignoreInitial: true,
    ignored: (path) => isInside(root, path) && path !== root && options.ignores(path),
  });
  below.on('all', (_event, path) => options.onChange(path)).on('error', failed);
  const followed = new FollowedFiles(
    watch([], { ...COMMON, ignoreInitial: false }).on('error', failed),
    options.onChange,
  );
  return {
    ready: new Promise((resolve) => below.once('ready', () => resolve())),
    follow: (files) => followed.set([...files].filter((file) => !isInside(root, file))),
    async [Symbol.asyncDispose]() {
      await Promise.all([below.close(), followed.close()]);
    },
  };
}

const COMMON = {
  followSymlinks: false,
  // A script that forgets to close its pool shall still end.
  persistent: false,
} as const;

class FollowedFiles {
  readonly #watcher: FSWatcher;
  #files = new Set<string>();
  /** Told of by chokidar although they only came to be watched. */
  readonly #found = new Set<string>();

  constructor(watcher: FSWatcher, onChange: WatchOptions['onChange']) {
    this.#watcher = watcher;
    // Folders on the way to a missing file are told of too.
    watcher.on('all', (event, path) => {
      if (!this.#files.has(path)) return;
      onChange(event === 'add' && this.#found.delete(path) ? undefined : path);
    });
  }

  set(files: readonly string[]): void {
    const wanted = new Set(files);
    const gone = [...this.#files].filter((file) => !wanted.has(file));
    const fresh = [...wanted].filter((file) => !this.#files.has(file));
    for (const file of fresh) if (existsSync(file)) this.#found.add(file);
    this.#files = wanted;
    if (gone.length > 0) this.#watcher.unwatch(gone);
    if (fresh.length > 0) this.#watcher.add(fresh);
  }

  close(): Promise<void> {
    return this.#watcher.close();
  }
}
