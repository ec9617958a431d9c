/** What machine runs a function, and what fits it. */
import { closeSync, openSync, readSync } from 'node:fs';
import { showPlatform, type Platform } from './binary.ts';
import type { PackageManifest } from './installed-packages.ts';

/** The machines that Lambda has, as its API writes them. */
export const ARCHITECTURES = ['x86_64', 'arm64'] as const;

export type Architecture = (typeof ARCHITECTURES)[number];

/** A machine, in the words of Node and npm. */
export interface Machine {
  /** `linux`, `darwin`, `win32`. */
  readonly os: string;
  /** `x64`, `arm64`. */
  readonly cpu: string;
  /** Of Linux only. */
  readonly libc?: 'glibc' | 'musl' | undefined;
  /** Whether it is this one, on which packages are installed, too. */
  readonly isHost: boolean;
}

/** What follows the machine in names of packages: `@swc/core-linux-x64-gnu`, `@swc/core-win32-x64-msvc`. */
const ABIS: Readonly<Record<string, string>> = { glibc: 'gnu|glibc', musl: 'musl', win32: 'msvc' };

export class TargetPlatform implements Machine {
  readonly os: string;
  readonly cpu: string;
  readonly libc: 'glibc' | 'musl' | undefined;
  readonly isHost: boolean;

  constructor({ os, cpu, libc, isHost }: Machine) {
    this.os = os;
    this.cpu = cpu;
    this.libc = libc;
    this.isHost = isHost;
  }

  /** `linux arm64`. */
  get name(): string {
    return showPlatform({ os: this.os, cpu: this.cpu, libc: this.libc === 'musl' ? 'musl' : undefined });
  }

  runs(platforms: readonly Platform[]): boolean {
    return platforms.some(({ os, cpu, libc }) => {
      // Programs that need no library at all run with either, and look like those for glibc.
      return os === this.os && cpu === this.cpu && (libc === undefined || libc === this.libc);
    });
  }

  /** Whether a package says that it is for us, or for all. */
  takes({ os, cpu, libc }: PackageManifest): boolean {
    return admits(os, this.os) && admits(cpu, this.cpu) && (this.libc === undefined || admits(libc, this.libc));
  }

  /** Whether a package's name says that it holds the binary for us: `@img/sharp-linux-arm64`, `@swc/core-linux-x64-gnu`. */
  isNamedBy(name: string): boolean {
    const os = this.libc === 'musl' ? 'linux(musl)?' : this.os;
    const cpu = this.cpu === 'x64' ? 'x?64' : this.cpu;
    const abi = ABIS[this.libc ?? this.os];
    return new RegExp(`(^|[-/])${os}-${cpu}($${abi === undefined ? '' : `|-(${abi})$`})`).test(name);
  }
}

/** Functions run on Amazon Linux, whose C library is glibc. */
export function lambdaPlatform(architecture: Architecture): TargetPlatform {
  const cpu = architecture === 'arm64' ? 'arm64' : 'x64';
  return new TargetPlatform({ os: 'linux', cpu, libc: 'glibc', isHost: false });
}

/** This machine: the emulator runs functions on it. */
export function hostPlatform({ platform, arch, execPath }: HostProcess = process): TargetPlatform {
  const libc = platform === 'linux' ? libcOf(execPath) : undefined;
  return new TargetPlatform({ os: platform, cpu: arch, libc, isHost: true });
}

type HostProcess = Pick<NodeJS.Process, 'platform' | 'arch' | 'execPath'>;

/** An executable names the loader of its C library among its first bytes. */
function libcOf(executable: string): 'glibc' | 'musl' {
  const start = Buffer.alloc(4096);
  const file = openSync(executable, 'r');
  try {
    readSync(file, start);
  } finally {
    closeSync(file);
  }
  return start.includes('/ld-musl-') ? 'musl' : 'glibc';
}

function admits(list: readonly string[], value: string): boolean {
  const refused = list.filter((each) => each.startsWith('!')).map((each) => each.slice(1));
  const taken = list.filter((each) => !each.startsWith('!'));
  return !refused.includes(value) && (taken.length === 0 || taken.includes(value) || taken.includes('any'));
}
