/** Says so where a configuration ends the process that reads it: without a word, `create` would seem to have deployed. */
import { writeSync } from 'node:fs';
import { findConfig, shownPath } from '../config/find-config.ts';

const STDERR = 2;
/** Nothing was done: the configuration is wrong. */
const EXIT_CODE = 2;

/** Listens until disposed of. */
export function listenForExit(): Disposable {
  const onExit = (code: number): void => {
    const place = findConfig(process.cwd());
    const file = place === undefined ? 'The configuration' : shownPath(place.file);
    const message = `${file} ended the process while it was read (\`process.exit(${code})\`). Nothing was done: let it end by itself.`;
    // The process ends with this listener, so that nothing can be waited for.
    writeSync(STDERR, `lambdapool: ${message}\n`);
    process.exitCode = EXIT_CODE;
  };
  process.on('exit', onExit);
  return { [Symbol.dispose]: () => void process.off('exit', onExit) };
}
