/** Reads from a file's first bytes which machines it was compiled for. Pure: names of files are not trusted. */

/** A platform as Node and npm name its parts. */
export interface Platform {
  readonly os: string;
  /** `x64`, `arm64`; what is neither stands as its format's number: `cpu 40`. */
  readonly cpu: string;
  /** Only of Linux, and only where the file tells. */
  readonly libc?: 'musl' | undefined;
}

/** `linux arm64`, `linux x64 (musl)`. */
export function showPlatform({ os, cpu, libc }: Platform): string {
  return `${os} ${cpu}${libc === undefined ? '' : ` (${libc})`}`;
}

/** The platforms that a compiled file is for: several for a universal one of macOS, undefined for what is not compiled. */
export function platformsOf(contents: Uint8Array): readonly Platform[] | undefined {
  const view = Buffer.from(contents.buffer, contents.byteOffset, contents.byteLength);
  if (view.length < 64) return undefined;
  return elf(view) ?? machO(view) ?? universal(view) ?? portableExecutable(view);
}

function elf(view: Buffer): readonly Platform[] | undefined {
  if (view.readUInt32BE(0) !== 0x7f454c46) return undefined;
  const machine = view[5] === 2 ? view.readUInt16BE(18) : view.readUInt16LE(18);
  const cpu = nameOfCpu(machine, { x64: 62, arm64: 183 });
  if (view[7] === 9) return [{ os: 'freebsd', cpu }];
  if (view.includes('.note.android.ident')) return [{ os: 'android', cpu }];
  // What is linked against musl names its library; glibc has nothing of the kind.
  return [{ os: 'linux', cpu, ...(view.includes('libc.musl-') ? { libc: 'musl' } : {}) }];
}

const MACH_CPUS = { x64: 0x01000007, arm64: 0x0100000c };

function machO(view: Buffer): readonly Platform[] | undefined {
  if (view.readUInt32LE(0) !== 0xfeedfacf) return undefined;
  return [{ os: 'darwin', cpu: nameOfCpu(view.readUInt32LE(4), MACH_CPUS) }];
}

function universal(view: Buffer): readonly Platform[] | undefined {
  const count = view.readUInt32BE(4);
  // Java's classes begin with the same number; what follows is their version, from 45.
  if (view.readUInt32BE(0) !== 0xcafebabe || count === 0 || count > 40) return undefined;
  const places = Array.from({ length: count }, (_, index) => 8 + index * 20).filter((at) => at + 4 <= view.length);
  return places.map((at) => ({ os: 'darwin', cpu: nameOfCpu(view.readUInt32BE(at), MACH_CPUS) }));
}

function portableExecutable(view: Buffer): readonly Platform[] | undefined {
  if (view.toString('latin1', 0, 2) !== 'MZ') return undefined;
  const header = view.readUInt32LE(0x3c);
  if (header + 6 > view.length || view.toString('latin1', header, header + 4) !== 'PE\0\0') return undefined;
  return [{ os: 'win32', cpu: nameOfCpu(view.readUInt16LE(header + 4), { x64: 0x8664, arm64: 0xaa64 }) }];
}

function nameOfCpu(number: number, known: { readonly x64: number; readonly arm64: number }): string {
  if (number === known.x64) return 'x64';
  return number === known.arm64 ? 'arm64' : `cpu ${number}`;
}

/** Whether an operating system of the Unix kind runs the file: a compiled program or library, or a script that says so. */
export function isExecutable(contents: Uint8Array): boolean {
  const [first, second, third, fourth] = contents;
  if (first === 0x23 && second === 0x21) return true;
  return first === 0x7f && second === 0x45 && third === 0x4c && fourth === 0x46;
}
