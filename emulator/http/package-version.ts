/** The version of this package, read once. */
import { readFileSync } from 'node:fs';

export const PACKAGE_VERSION: string = read();

function read(): string {
  // Two folders up in the source, three in dist.
  for (const path of ['../../package.json', '../../../package.json']) {
    const manifest = parse(new URL(path, import.meta.url));
    if (manifest?.name === 'lambdapool') return manifest.version;
  }
  return 'unknown';
}

function parse(file: URL): { readonly name: unknown; readonly version: string } | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof found !== 'object' || found === null || !('name' in found) || !('version' in found)) return undefined;
    return { name: found.name, version: String(found.version) };
  } catch {
    return undefined;
  }
}
