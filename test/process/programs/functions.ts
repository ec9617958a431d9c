/** Makes a function from a zip, has it run, prints where its package lies, and waits to be killed. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Emulator } from '../../../emulator/index.ts';
import { zipOf } from '../../support/zip.ts';

const isolation = process.argv[2] === 'thread' ? 'thread' : 'process';
const emulator = new Emulator({ isolation, concurrency: 1 });
await emulator.controlPlane.createFunction({
  FunctionName: 'f',
  Role: 'arn:aws:iam::000000000000:role/r',
  Runtime: 'nodejs24.x',
  Handler: 'index.handler',
  Code: { ZipFile: zipOf({ 'index.mjs': 'export const handler = async () => process.pid;' }) },
});
await emulator.ready('f');
const { Code } = emulator.controlPlane.catalog.getFunction({ FunctionName: 'f' });
console.log(JSON.stringify({ folder: dirname(dirname(fileURLToPath(Code.Location ?? ''))) }));
setInterval(() => {}, 60_000);
