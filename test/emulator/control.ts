/** Functions made through the control plane, for tests. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CreateFunctionRequest, Emulator } from '../../emulator/index.ts';
import { zipOf } from '../support/zip.ts';

/** An ES module `index.mjs` whose handler is `(event, context) => ...`. */
export function codeOf(handler: string, before = ''): Uint8Array {
  return zipOf({ 'index.mjs': `${before}\nexport const handler = ${handler};` });
}

export function requestFor(
  zip: Uint8Array,
  more: Omit<Partial<CreateFunctionRequest>, 'Code'> = {},
): CreateFunctionRequest {
  return {
    FunctionName: 'f',
    Role: 'arn:aws:iam::000000000000:role/r',
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Timeout: 20,
    Code: { ZipFile: zip },
    ...more,
  };
}

/** Creates a function and waits until it is active. */
export async function create(
  emulator: Emulator,
  zip: Uint8Array,
  more: Omit<Partial<CreateFunctionRequest>, 'Code'> = {},
): Promise<void> {
  const request = requestFor(zip, more);
  await emulator.controlPlane.createFunction(request);
  await emulator.controlPlane.settled(request.FunctionName);
}

/** Folder of all packages of an emulator. */
export function folderOf(emulator: Emulator): string {
  const { Code } = emulator.controlPlane.catalog.getFunction({ FunctionName: 'f' });
  return dirname(dirname(fileURLToPath(Code.Location ?? '')));
}

/** A package whose function answers its number. */
export const versioned = (version: number): Uint8Array => codeOf(`() => ${version}`);

export interface Gate extends AsyncDisposable {
  /** Source of an expression: a promise that resolves once the gate is open. */
  readonly wait: string;
  open(): Promise<void>;
}

/** Something that code in an environment can wait for, and the test decides when. */
export async function createGate(): Promise<Gate> {
  const folder = await mkdtemp(join(tmpdir(), 'lambdapool-gate-'));
  const file = join(folder, 'open');
  return {
    wait: `(async () => { const { existsSync } = await import('node:fs'); while (!existsSync(${JSON.stringify(file)})) await new Promise((resolve) => setTimeout(resolve, 5)); })()`,
    open: () => writeFile(file, ''),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
