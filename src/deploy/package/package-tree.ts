/** Plans a node_modules folder for some packages with all that they need: who stands where. */
import { findPackage, type InstalledPackage, type PackageManifest } from './installed-packages.ts';

/** A package and its place. */
export interface PlacedPackage extends InstalledPackage {
  /** Path in the new folder, with forward slashes: `node_modules/a/node_modules/b`. */
  readonly path: string;
  /** The package asked for that led here. */
  readonly root: string;
  /** Those of its optional packages that are installed, by name. */
  readonly options: ReadonlyMap<string, InstalledPackage>;
}

export interface PackageTree {
  /** In the order of their finding: whoever needs stands before what it needs. */
  readonly packages: readonly PlacedPackage[];
  /** What is needed and not installed, a sentence each. */
  readonly notes: readonly string[];
}

interface Needed {
  readonly found: InstalledPackage;
  readonly root: string;
  readonly neededBy: PlacedPackage | undefined;
}

/**
 * Everything stands at the top, where two versions of one package do not force one of them below its user. Optional
 * packages made for other platforms than `wanted` takes are left out.
 */
export async function planPackages(
  roots: readonly InstalledPackage[],
  wanted: (manifest: PackageManifest) => boolean,
): Promise<PackageTree> {
  const places = new Map<string, PlacedPackage>();
  const notes: string[] = [];
  const queue: Needed[] = roots.map((found) => ({ found, root: found.name, neededBy: undefined }));
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const path = placeFor(next, places);
    if (path === undefined) continue;
    const { found, root } = next;
    const options = await findAll(found.manifest.optionalDependencies, found.directory);
    const placed: PlacedPackage = { ...found, path, root, options };
    places.set(path, placed);
    const { dependencies, peerDependencies } = found.manifest;
    const needs = await findAll([...dependencies, ...peerDependencies], found.directory);
    for (const name of dependencies) {
      if (!needs.has(name)) notes.push(`The package ${found.name} needs ${name}, which is not installed.`);
    }
    const chosen = [...options.values()].filter(({ manifest }) => wanted(manifest));
    for (const each of [...needs.values(), ...chosen]) queue.push({ found: each, root, neededBy: placed });
  }
  return { packages: [...places.values()], notes };
}

async function findAll(names: readonly string[], from: string): Promise<Map<string, InstalledPackage>> {
  const found = await Promise.all([...names].sort().map((name) => findPackage(name, from)));
  return new Map(found.flatMap((each) => (each === undefined ? [] : [[each.name, each] as const])));
}

/** Undefined if its user sees it already. */
function placeFor({ found, neededBy }: Needed, places: ReadonlyMap<string, PlacedPackage>): string | undefined {
  const top = `node_modules/${found.name}`;
  if (neededBy === undefined) return top;
  for (const folder of foldersUpwards(neededBy.path)) {
    const visible = places.get(`${folder}node_modules/${found.name}`);
    if (visible?.directory === found.directory) return undefined;
    if (visible !== undefined) return `${neededBy.path}/node_modules/${found.name}`;
  }
  return top;
}

/** `node_modules/a/`, then the top, which is empty. */
function foldersUpwards(path: string): string[] {
  const parts = path.split('/node_modules/');
  return [...parts.map((_, index) => `${parts.slice(0, parts.length - index).join('/node_modules/')}/`), ''];
}
