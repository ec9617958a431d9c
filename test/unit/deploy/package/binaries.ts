/** The first bytes of compiled files for any machine, as linkers write them. */

const ELF_MACHINES = { x64: 62, arm64: 183 } as const;
const MACH_CPUS = { x64: 0x01000007, arm64: 0x0100000c } as const;
const PE_MACHINES = { x64: 0x8664, arm64: 0xaa64 } as const;

export type Cpu = keyof typeof ELF_MACHINES;

export function elf(cpu: Cpu, needed = 'libc.so.6'): Buffer {
  const file = Buffer.alloc(256);
  file.write('\x7fELF\x02\x01\x01', 'latin1');
  file.writeUInt16LE(3, 16);
  file.writeUInt16LE(ELF_MACHINES[cpu], 18);
  file.write(`${needed}\0`, 128);
  return file;
}

export function machO(cpu: Cpu): Buffer {
  const file = Buffer.alloc(256);
  file.writeUInt32LE(0xfeedfacf, 0);
  file.writeUInt32LE(MACH_CPUS[cpu], 4);
  return file;
}

export function universal(...cpus: readonly Cpu[]): Buffer {
  const file = Buffer.alloc(256);
  file.writeUInt32BE(0xcafebabe, 0);
  file.writeUInt32BE(cpus.length, 4);
  cpus.forEach((cpu, index) => file.writeUInt32BE(MACH_CPUS[cpu], 8 + index * 20));
  return file;
}

export function portableExecutable(cpu: Cpu): Buffer {
  const file = Buffer.alloc(256);
  file.write('MZ', 'latin1');
  file.writeUInt32LE(0x80, 0x3c);
  file.write('PE\0\0', 0x80, 'latin1');
  file.writeUInt16LE(PE_MACHINES[cpu], 0x84);
  return file;
}
