/** Any Lambda function in a folder, as a source of code that never changes. */
import { stat } from 'node:fs/promises';
import { LambdaPoolError } from '../shared/errors.ts';
import type { CodeBundle, CodeSource } from './code-source.ts';
import { hashOf } from './content-hash.ts';
import { toPath } from './paths.ts';

export interface FolderSourceOptions {
  /** Folder that looks like an unpacked deployment package. It is the caller's: nothing removes it. */
  readonly directory: string | URL;
  /** Handler as Lambda writes it: `index.handler`, `app/main.run`. */
  readonly handler: string;
}

/**
 * Code that lies in a folder and stays as it is.
 * @throws {LambdaPoolError} OPTION_INVALID from `current()` when the folder is missing.
 */
export function folderSource(options: FolderSourceOptions): CodeSource {
  const directory = toPath(options.directory);
  const bundle: CodeBundle = {
    directory,
    handler: options.handler,
    hash: hashOf(directory, options.handler),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return {
    async current() {
      const found = await stat(directory).catch(() => undefined);
      if (found?.isDirectory() === true) return bundle;
      throw new LambdaPoolError(
        'OPTION_INVALID',
        `The function's folder ${directory} does not exist or is not a folder.`,
        {
          details: { option: 'directory', directory },
        },
      );
    },
    onChange: () => ({ [Symbol.dispose]: () => undefined }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
