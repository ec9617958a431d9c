/** The version of this package, which functions are marked with. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

export async function packageVersion(): Promise<string> {
  // By its own name: that works from the sources and from dist.
  const text = await readFile(fileURLToPath(import.meta.resolve('lambdapool/package.json')), 'utf8');
  const { version }: { version: string } = JSON.parse(text);
  return version;
}
