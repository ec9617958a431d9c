/** Files that tasks read at run time: which ones, and where modules look for them. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { hashOf } from './content-hash.ts';
import { isHidden } from './discover.ts';
import type { BuildOptions, Plugin } from './esbuild.ts';
import { relativeTo } from './paths.ts';
import type { BundleFile } from './bundle-file.ts';

/** Matches paths with forward slashes: `*` and `?` stay within a folder, `**` crosses folders. */
function globPattern(glob: string): RegExp {
  const source = glob.replace(/\*\*\/|\*\*|[*?]|[.+^${}()|[\]\\]/g, (token) => {
    if (token === '**/') return '(?:.*/)?';
    if (token === '**') return '.*';
    if (token === '*') return '[^/]*';
    return token === '?' ? '[^/]' : `\\${token}`;
  });
  return new RegExp(`^${source}$`);
}

/** Whether a path relative to the tasks root is an asset. */
export function assetMatcher(globs: readonly string[]): (path: string) => boolean {
  const patterns = globs.map(globPattern);
  return (path) => patterns.some((pattern) => pattern.test(path));
}

/** Reads the assets below the tasks root, by their path in it. */
export async function readAssets(tasksRoot: string, globs: readonly string[]): Promise<Map<string, BundleFile>> {
  if (globs.length === 0) return new Map();
  const matches = assetMatcher(globs);
  const paths = (await listFiles(tasksRoot)).filter((file) => matches(relativeTo(tasksRoot, file))).sort();
  return new Map(
    await Promise.all(
      paths.map(async (file) => {
        const contents = await readFile(file);
        return [relativeTo(tasksRoot, file), { contents, hash: hashOf(contents) }] as const;
      }),
    ),
  );
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter((entry) => !isHidden(entry.name));
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? listFiles(path) : entry.isFile() ? [path] : [];
    }),
  );
  return found.flat();
}

/**
 * Lets `new URL('./prices.csv', import.meta.url)` find the copy beside the module's place in `tasks/`, although the
 * bundle keeps all code in one folder. Only for bundles with assets: it costs a look into each source.
 */
export function ownPlace(tasksRoot: string): Plugin {
  return {
    name: 'own-place',
    setup(build) {
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, async ({ path }) => {
        const place = relativeTo(tasksRoot, path);
        if (place.startsWith('../')) return undefined;
        const text = await readFile(path, 'utf8');
        if (!text.includes('import.meta.')) return undefined;
        return { contents: withPlace(text, place), loader: loaderOf(path) };
      });
    },
  };
}

function withPlace(text: string, place: string): string {
  const folder = dirname(place);
  const values: Readonly<Record<string, string>> = {
    url: `new URL(${JSON.stringify(`./${encodeURI(place)}`)}, import.meta.url).href`,
    filename: `(import.meta.dirname + ${JSON.stringify(`/${place}`)})`,
    dirname: folder === '.' ? 'import.meta.dirname' : `(import.meta.dirname + ${JSON.stringify(`/${folder}`)})`,
  };
  return text.replace(/\bimport\.meta\.(url|filename|dirname)\b/g, (found, name: string) => values[name] ?? found);
}

type Loader = NonNullable<BuildOptions['loader']>[string];

function loaderOf(path: string): Loader {
  const kind = extname(path).slice(1).replace(/^[cm]/, '');
  return kind === 'ts' || kind === 'tsx' || kind === 'jsx' ? kind : 'js';
}
