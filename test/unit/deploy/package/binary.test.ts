import { describe, expect, it } from 'vitest';
import { isExecutable, platformsOf } from '../../../../src/deploy/package/binary.ts';
import { elf, machO, portableExecutable, universal } from './binaries.ts';

describe('platformsOf', () => {
  it.each([
    ['ELF for x64', elf('x64'), [{ os: 'linux', cpu: 'x64' }]],
    ['ELF for arm64', elf('arm64'), [{ os: 'linux', cpu: 'arm64' }]],
    ['ELF with musl', elf('x64', 'libc.musl-x86_64.so.1'), [{ os: 'linux', cpu: 'x64', libc: 'musl' }]],
    ['ELF of Android', elf('arm64', '.note.android.ident'), [{ os: 'android', cpu: 'arm64' }]],
    ['Mach-O', machO('arm64'), [{ os: 'darwin', cpu: 'arm64' }]],
    [
      'universal Mach-O',
      universal('x64', 'arm64'),
      [
        { os: 'darwin', cpu: 'x64' },
        { os: 'darwin', cpu: 'arm64' },
      ],
    ],
    ['PE', portableExecutable('x64'), [{ os: 'win32', cpu: 'x64' }]],
    ['PE for arm64', portableExecutable('arm64'), [{ os: 'win32', cpu: 'arm64' }]],
  ])('reads %s', (_format, file, platforms) => {
    expect(platformsOf(file)).toEqual(platforms);
  });

  it('reads what this very process runs', async () => {
    const { readFile } = await import('node:fs/promises');
    expect(platformsOf(await readFile(process.execPath))).toContainEqual({ os: process.platform, cpu: process.arch });
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('export const answer = 42;\n'.repeat(10))],
    ["a class of Java's", Buffer.concat([Buffer.from('cafebabe00000041', 'hex'), Buffer.alloc(80)])],
    ['a text that begins as Windows programs do', Buffer.from('MZ is how it begins'.padEnd(100))],
    ['a stub of ELF', Buffer.from('\x7fELF', 'latin1')],
  ])('is nothing for %s', (_what, file) => {
    expect(platformsOf(file)).toBeUndefined();
  });
});

describe('isExecutable', () => {
  it('is for programs and scripts that name their interpreter', () => {
    expect([elf('x64'), Buffer.from('#!/usr/bin/env node\n')].map(isExecutable)).toEqual([true, true]);
    expect([machO('x64'), Buffer.from('# a comment'), Buffer.alloc(0)].map(isExecutable)).toEqual([
      false,
      false,
      false,
    ]);
  });
});
