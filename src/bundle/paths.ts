/** Paths as the manifest and messages write them. */
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `path` relative to `from`, with forward slashes on every system. */
export function relativeTo(from: string, path: string): string {
  return relative(from, path).replaceAll(sep, '/');
}

/** Whether `path` is `folder` or lies below it. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Whether a path leads into a package that somebody installed. */
export function isInPackages(path: string): boolean {
  return /(^|[\\/])node_modules[\\/]/.test(path);
}

/** A path or file URL as an absolute path. */
export function toPath(path: string | URL): string {
  return resolve(path instanceof URL ? fileURLToPath(path) : path);
}
