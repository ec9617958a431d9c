/** Refuses packages whose compiled code the function's machine cannot run, and says how to get the right one. */
import { join } from 'node:path';
import { LambdaPoolError } from '../../shared/errors.ts';
import { showPlatform } from './binary.ts';
import type { InstalledPackage } from './installed-packages.ts';
import { listBinaries, listPackageFiles, type Binary } from './package-files.ts';
import type { PlacedPackage } from './package-tree.ts';
import type { TargetPlatform } from './target-platform.ts';

export interface CheckedPackage extends PlacedPackage {
  /** Paths within the package of what goes along, sorted: addons for other platforms do not. */
  readonly files: readonly string[];
}

/** @throws {LambdaPoolError} BUILD_FAILED with the package, the file, and the command that mends it. */
export async function checkPackage(placed: PlacedPackage, target: TargetPlatform): Promise<CheckedPackage> {
  const files = await listPackageFiles(placed.directory);
  const binaries = await listBinaries(placed, files);
  const foreign = binaries.filter(({ platforms }) => !target.runs(platforms));
  const [first] = foreign;
  if (first !== undefined && foreign.length === binaries.length) throw wrongBinary(placed, first, target);
  if (binaries.length === 0) await checkOptions(placed, target);
  const dropped = new Set(foreign.map(({ path }) => path));
  return { ...placed, files: files.filter((path) => !dropped.has(path)) };
}

/** A package whose binaries come as optional packages, one for each platform, needs the one for the function. */
async function checkOptions(placed: PlacedPackage, target: TargetPlatform): Promise<void> {
  const { manifest, options } = placed;
  const named = manifest.optionalDependencies.filter((name) => target.isNamedBy(name));
  const installed = [...options.values()];
  if (named.length === 0 || named.some((name) => options.has(name))) return;
  // WebAssembly runs everywhere.
  if (installed.some(({ name }) => /wasm/.test(name))) return;
  const instead = await firstBinary(installed);
  const fact = instead ?? `${named.join(' and ')} is not installed`;
  throw refusal(placed, target, { fact, command: npmInstall(placed.root, target) });
}

async function firstBinary(options: readonly InstalledPackage[]): Promise<string | undefined> {
  for (const option of options) {
    const [binary] = await listBinaries(option, await listPackageFiles(option.directory));
    if (binary !== undefined) return describe(option, binary);
  }
  return undefined;
}

function wrongBinary(placed: PlacedPackage, binary: Binary, target: TargetPlatform): LambdaPoolError {
  const { os, cpu, installScript } = placed.manifest;
  const command =
    os.length > 0 || cpu.length > 0 ? npmInstall(placed.root, target) : rebuild(placed.name, installScript, target);
  return refusal(placed, target, { fact: describe(placed, binary), command });
}

function describe({ directory }: InstalledPackage, { path, platforms }: Binary): string {
  return `${join(directory, path)} is for ${platforms.map(showPlatform).join(' and ')}`;
}

function refusal(
  placed: PlacedPackage,
  target: TargetPlatform,
  { fact, command }: { readonly fact: string; readonly command: string },
): LambdaPoolError {
  return new LambdaPoolError(
    'BUILD_FAILED',
    `The package ${placed.name} holds no binary for ${target.name}, where the function runs: ${fact}. Get the right one: ${command}`,
    { details: { package: placed.name, platform: target.name, command } },
  );
}

/** For packages whose binaries are packages themselves. */
function npmInstall(name: string, { cpu }: TargetPlatform): string {
  return `npm install --os=linux --cpu=${cpu} --libc=glibc ${name}`;
}

/** For packages that download a binary or compile one when they are installed. */
function rebuild(name: string, installScript: string | undefined, { cpu }: TargetPlatform): string {
  if (installScript !== undefined && /prebuild-install|node-pre-gyp/.test(installScript)) {
    return `npm_config_platform=linux npm_config_arch=${cpu} npm rebuild ${name}`;
  }
  const platform = cpu === 'x64' ? 'linux/amd64' : 'linux/arm64';
  return `docker run --rm --platform ${platform} -v "$PWD:/app" -w /app public.ecr.aws/sam/build-nodejs24.x npm rebuild ${name}`;
}
