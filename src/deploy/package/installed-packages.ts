/** Finds what a package needs to run, as it lies in folders called node_modules. */
import { readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** An installed package, with what its package.json says of its needs. */
export interface InstalledPackage {
  readonly name: string;
  /** Absolute, links resolved. */
  readonly directory: string;
  readonly manifest: PackageManifest;
}

/** The part of a package.json that matters here; whatever is of the wrong kind counts as absent. */
export interface PackageManifest {
  readonly dependencies: readonly string[];
  readonly optionalDependencies: readonly string[];
  readonly peerDependencies: readonly string[];
  /** Empty: for all. An entry `!win32` excludes one. */
  readonly os: readonly string[];
  readonly cpu: readonly string[];
  readonly libc: readonly string[];
  /** What npm runs when it installs the package. */
  readonly installScript: string | undefined;
}

/** @throws what reading or parsing the package.json throws. */
export async function readPackage(name: string, directory: string): Promise<InstalledPackage> {
  const real = await realpath(directory);
  const parsed: unknown = JSON.parse(await readFile(join(real, 'package.json'), 'utf8'));
  return { name, directory: real, manifest: manifestOf(asRecord(parsed)) };
}

/** The package that code in `directory` gets by this name: from the nearest node_modules upwards, as Node looks. */
export async function findPackage(name: string, directory: string): Promise<InstalledPackage | undefined> {
  for (let folder = directory; ; folder = dirname(folder)) {
    const found =
      basename(folder) === 'node_modules'
        ? undefined
        : await readPackage(name, join(folder, 'node_modules', name)).catch(() => undefined);
    if (found !== undefined) return found;
    if (folder === dirname(folder)) return undefined;
  }
}

function manifestOf(parsed: Readonly<Record<string, unknown>>): PackageManifest {
  const optionalDependencies = Object.keys(asRecord(parsed['optionalDependencies']));
  const optionalPeers = asRecord(parsed['peerDependenciesMeta']);
  const scripts = asRecord(parsed['scripts']);
  const installScript = scripts['install'];
  return {
    // npm lists optional ones among the others when it writes a package.json for the registry.
    dependencies: Object.keys(asRecord(parsed['dependencies'])).filter((name) => !optionalDependencies.includes(name)),
    optionalDependencies,
    peerDependencies: Object.keys(asRecord(parsed['peerDependencies'])).filter(
      (name) => asRecord(optionalPeers[name])['optional'] !== true,
    ),
    os: asList(parsed['os']),
    cpu: asList(parsed['cpu']),
    libc: asList(parsed['libc']),
    installScript: typeof installScript === 'string' ? installScript : undefined,
  };
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function asList(value: unknown): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((each) => typeof each === 'string');
}
