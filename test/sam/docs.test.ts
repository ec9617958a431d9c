/** The commands of docs/sam.md for the AWS CLI alone, as they stand there, against the emulator. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { startServer } from '../../emulator/http/server.ts';
import { Emulator } from '../../emulator/emulator.ts';
import { clientEnvironment, findPython, run } from '../conformance/support/python.ts';
import { tasksRoot } from '../support/tasks-root.ts';

const repository = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const python = await findPython();

/** What a user has installed: our command line without a build, and version 1 of the AWS CLI. */
const SHELL = `
set -eu
npx() { shift; "$NODE" --import "$TSX" "$MAIN" "$@"; }
aws() {
  for word; do
    shift
    case "$word" in --cli-binary-format|raw-in-base64-out) ;; *) set -- "$@" "$word" ;; esac
  done
  "$PYTHON" -m awscli "$@"
}
`;

/** The blocks of commands below a heading. */
async function commandsBelow(heading: string): Promise<readonly string[]> {
  const page = await readFile(repository('docs/sam.md'), 'utf8');
  const [, rest = ''] = page.split(`\n## ${heading}\n`);
  const [section = ''] = rest.split('\n## ');
  return [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = '']) => text);
}

const runnable = 'interpreter' in python && process.platform !== 'win32';
const why =
  'missing' in python ? ` (skipped: ${python.missing})` : runnable ? '' : ' (skipped: it needs a POSIX shell)';

it.skipIf(!runnable)(`the AWS CLI deploys and calls the bundle as docs/sam.md says${why}`, async () => {
  await using tasks = await tasksRoot({ 'math.ts': 'export const add = (a: number, b: number): number => a + b;' });
  await using emulator = new Emulator({ concurrency: 1 });
  await using server = await startServer({ emulator, port: 0 });
  const [create = '', , update = ''] = await commandsBelow('With the AWS CLI alone');
  expect(create).toContain('create-function');
  expect(update).toContain('update-function-code');
  const cwd = path.dirname(tasks.directory);
  const env = {
    ...clientEnvironment(server.url),
    NODE: process.execPath,
    TSX: import.meta.resolve('tsx'),
    MAIN: repository('src/cli/main.ts'),
    PYTHON: 'interpreter' in python ? python.interpreter : '',
  };
  const { exitCode, stderr } = await run('sh', ['-c', `cd '${cwd}'\n${SHELL}${create}${update}`], { env });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(await readFile(path.join(cwd, 'answer.json'), 'utf8')).toBe('42');
});
