/** Refuses packages whose compiled code the function's machine cannot run, and says how to get the right one. */
import { join } from 'node:path';
import { LambdaPoolError } from '../../shared/errors.ts';
import { showPlatform } from './binary.ts';
import type { InstalledPackage } from './installed-packages.ts';
import { listBinaries, listPackageFiles, type Binary } from './package-files.ts';
import type { PlacedPackage } from './package-tree.ts';
import { ARCHITECTURES, lambdaPlatform, type TargetPlatform } from './target-platform.ts';

interface FoundBinary extends Binary {
  /** Absolute path. */
  readonly file: string;
}

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
  const instead = await firstAddon(installed);
  const fact = instead === undefined ? `${named.join(' and ')} is not installed` : describe(instead);
  throw refusal(placed, target, { fact, instead, command: npmInstall(placed.root, target) });
}

async function firstAddon(options: readonly InstalledPackage[]): Promise<FoundBinary | undefined> {
  const found: FoundBinary[] = [];
  for (const option of options) {
    const binaries = await listBinaries(option, await listPackageFiles(option.directory));
    found.push(...binaries.map((binary) => ({ ...binary, file: join(option.directory, binary.path) })));
  }
  return found.find(({ path }) => path.endsWith('.node')) ?? found[0];
}

function wrongBinary(placed: PlacedPackage, first: Binary, target: TargetPlatform): LambdaPoolError {
  const binary = { ...first, file: join(placed.directory, first.path) };
  const { os, cpu, installScript } = placed.manifest;
  const command =
    os.length > 0 || cpu.length > 0 ? npmInstall(placed.root, target) : rebuild(placed.name, installScript, target);
  return refusal(placed, target, { fact: describe(binary), instead: binary, command });
}

function describe({ file, platforms }: FoundBinary): string {
  return `${file} is for ${platforms.map(showPlatform).join(' and ')}`;
}

/** Lambda has machines of two kinds: perhaps the function can move to what the binary is for. */
function otherWay(binary: FoundBinary | undefined, target: TargetPlatform): string {
  if (binary === undefined || target.isHost) return '';
  const other = ARCHITECTURES.find((each) => lambdaPlatform(each).runs(binary.platforms));
  return other === undefined ? '' : ` (or let the function run on \`${other}\`)`;
}

interface Refusal {
  readonly fact: string;
  /** What is there, if anything is. */
  readonly instead: FoundBinary | undefined;
  readonly command: string;
}

function refusal(placed: PlacedPackage, target: TargetPlatform, { fact, instead, command }: Refusal): LambdaPoolError {
  return new LambdaPoolError(
    'BUILD_FAILED',
    `The package ${placed.name} holds no binary for ${target.name}, where the function runs: ${fact}. Get the right one: ${command}${otherWay(instead, target)}`,
    { details: { package: placed.name, platform: target.name, command } },
  );
}

/** For packages whose binaries are packages themselves. */
function npmInstall(name: string, { os, cpu, libc }: TargetPlatform): string {
  return `npm install --os=${os} --cpu=${cpu} ${libc === undefined ? '' : `--libc=${libc} `}${name}`;
}

/** For packages that download a binary or compile one when they are installed. */
function rebuild(name: string, installScript: string | undefined, { cpu, isHost }: TargetPlatform): string {
  if (isHost) return `npm rebuild ${name}`;
  if (installScript !== undefined && /prebuild-install|node-pre-gyp/.test(installScript)) {
    return `npm_config_platform=linux npm_config_arch=${cpu} npm rebuild ${name}`;
  }
  const platform = cpu === 'x64' ? 'linux/amd64' : 'linux/arm64';
  return `docker run --rm --platform ${platform} -v "$PWD:/app" -w /app public.ecr.aws/sam/build-nodejs24.x npm rebuild ${name}`;
}
