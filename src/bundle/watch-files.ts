/** The only importer of chokidar: tells of changes below a folder, and in single files outside it. */
import { LambdaPoolError } from '../shared/errors.ts';
import { isInside } from './paths.ts';

export interface WatchOptions {
  /** Folder to watch with all that is below. Absolute, links resolved. */
  readonly root: string;
  /** Whether something below the root is of no interest; asked of folders too. */
  ignores(path: string): boolean;
  /** A file or folder was added, changed or removed. */
  onChange(path: string): void;
}

export interface FileWatch extends AsyncDisposable {
  /** Resolves when every later change will be told; earlier ones may have been missed. */
  readonly ready: Promise<void>;
  /** Watches these files outside the root, whether they are there or not, and no others any more. */
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
  const watcher = watch(root, {
    ignoreInitial: true,
    followSymlinks: false,
    // A script that forgets to close its pool shall still end.
    persistent: false,
    ignored: (path) => isInside(root, path) && path !== root && options.ignores(path),
  });
  let followed = new Set<string>();
  // Folders on the way to a followed file that is missing are told of too.
  watcher.on('all', (_event, path) => {
    if (isInside(root, path) || followed.has(path)) options.onChange(path);
  });
  watcher.on('error', (error) => {
    process.emitWarning(`Watching ${root} failed, changes may go unnoticed: ${String(error)}`, 'LambdaPoolWarning');
  });
  return {
    ready: new Promise((resolve) => watcher.once('ready', () => resolve())),
    follow(files) {
      const wanted = new Set([...files].filter((file) => !isInside(root, file)));
      watcher.unwatch([...followed].filter((file) => !wanted.has(file)));
      watcher.add([...wanted].filter((file) => !followed.has(file)));
      followed = wanted;
    },
    [Symbol.asyncDispose]: () => watcher.close(),
  };
}
