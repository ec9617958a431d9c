/** What a function's machine is, and what fits it. Pure. */
import { showPlatform, type Platform } from './binary.ts';
import type { PackageManifest } from './installed-packages.ts';

/** The machines that Lambda has, as its API writes them. */
export const ARCHITECTURES = ['x86_64', 'arm64'] as const;

export type Architecture = (typeof ARCHITECTURES)[number];

/** Functions run on Amazon Linux, whose C library is glibc. */
export class TargetPlatform {
  readonly cpu: 'x64' | 'arm64';

  constructor(architecture: Architecture) {
    this.cpu = architecture === 'arm64' ? 'arm64' : 'x64';
  }

  /** `linux arm64`. */
  get name(): string {
    return showPlatform({ os: 'linux', cpu: this.cpu });
  }

  runs(platforms: readonly Platform[]): boolean {
    return platforms.some(({ os, cpu, libc }) => os === 'linux' && cpu === this.cpu && libc === undefined);
  }

  /** Whether a package says that it is for us, or for all. */
  takes({ os, cpu, libc }: PackageManifest): boolean {
    return admits(os, 'linux') && admits(cpu, this.cpu) && admits(libc, 'glibc');
  }

  /** Whether a package's name says that it holds the binary for us: `@img/sharp-linux-arm64`, `@swc/core-linux-x64-gnu`. */
  isNamedBy(name: string): boolean {
    const cpu = this.cpu === 'x64' ? 'x?64' : 'arm64';
    return new RegExp(`(^|[-/])linux-${cpu}($|-(gnu|glibc)$)`).test(name);
  }
}

function admits(list: readonly string[], value: string): boolean {
  const refused = list.filter((each) => each.startsWith('!')).map((each) => each.slice(1));
  const taken = list.filter((each) => !each.startsWith('!'));
  return !refused.includes(value) && (taken.length === 0 || taken.includes(value) || taken.includes('any'));
}
