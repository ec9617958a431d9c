import { describe, expect, it } from 'vitest';
import { hostPlatform, type TargetPlatform } from '../../../../src/deploy/package/target-platform.ts';
import type { Project } from '../../bundle/project.ts';
import { elf, machO, portableExecutable, universal, type Cpu } from './binaries.ts';
import { familyOf, GNU_ARM, GNU_X64, json, MAC_ARM, MUSL_X64, packages, packFor, project } from './native-project.ts';

/** A machine that runs the emulator, as its Node sees it. */
function host(
  from: Project,
  [platform, arch]: readonly [NodeJS.Platform, Cpu],
  loader = '/lib64/ld-linux-x86-64.so.2',
): TargetPlatform {
  from.write('/bin/node', elf(arch, loader));
  return hostPlatform({ platform, arch, execPath: from.path('bin/node') });
}

describe('for the emulator, which runs functions on this machine, a package', () => {
  const WINDOWS = ['win32-x64-msvc', 'win32', 'x64', portableExecutable('x64')] as const;
  const MAC_X64 = ['darwin-x64', 'darwin', 'x64', machO('x64')] as const;

  it.each([
    ['macOS', ['darwin', 'arm64'], MAC_ARM],
    ['macOS on Intel', ['darwin', 'x64'], MAC_X64],
    ['Windows', ['win32', 'x64'], WINDOWS],
    ['Linux', ['linux', 'arm64'], GNU_ARM],
  ] as const)('brings the one for %s', async (_name, machine, wanted) => {
    await using made = project(familyOf(GNU_X64, MUSL_X64, GNU_ARM, MAC_ARM, MAC_X64, WINDOWS));
    made.write(
      '/node_modules/native/package.json',
      json({
        optionalDependencies: Object.fromEntries(
          [GNU_X64, MUSL_X64, GNU_ARM, MAC_ARM, MAC_X64, WINDOWS].map(([name]) => [`@native/${name}`, '1']),
        ),
      }),
    );
    const done = await packFor(made, host(made, machine));
    expect(packages(done).filter((file) => file.endsWith('.node'))).toEqual([
      `node_modules/@native/${wanted[0]}/native.node`,
    ]);
  });

  it('brings the one for Alpine, where the C library is musl', async () => {
    await using made = project(familyOf(GNU_X64, MUSL_X64, GNU_ARM));
    const alpine = host(made, ['linux', 'x64'], '/lib/ld-musl-x86_64.so.1');
    expect(alpine.name).toBe('linux x64 (musl)');
    expect(packages(await packFor(made, alpine)).filter((file) => file.endsWith('.node'))).toEqual([
      'node_modules/@native/linux-x64-musl/native.node',
    ]);
  });

  it.each([
    [
      ['darwin', 'arm64'],
      'darwin arm64, where the function runs: @native/darwin-arm64 is not installed',
      'npm install --os=darwin --cpu=arm64 native',
    ],
    [
      ['linux', 'arm64'],
      'linux arm64, where the function runs: @native/linux-arm64-gnu is not installed',
      'npm install --os=linux --cpu=arm64 --libc=glibc native',
    ],
  ] as const)('is refused where nothing is installed for %j, naming this machine', async (machine, fact, command) => {
    await using made = project(familyOf());
    await expect(packFor(made, host(made, machine))).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      message: `The package native holds no binary for ${fact}. Get the right one: ${command}`,
    });
  });

  it('is refused where it is installed for Lambda: no other architecture of a function would help', async () => {
    await using made = project(familyOf(GNU_X64));
    const refused: unknown = await packFor(made, host(made, ['darwin', 'arm64'])).catch((error: unknown) => error);
    expect(String(refused)).toMatch(
      /linux-x64-gnu.native\.node is for linux x64\. Get the right one: npm install --os=darwin --cpu=arm64 native$/,
    );
  });

  it('that carries its binaries itself goes with those for this machine, and is rebuilt without a container', async () => {
    await using made = project({
      '/node_modules/native/package.json': json({ scripts: { install: 'prebuild-install || node-gyp rebuild' } }),
      '/node_modules/native/prebuilds/linux-x64/a.node': elf('x64'),
      '/node_modules/native/prebuilds/darwin/a.node': universal('x64', 'arm64'),
    });
    const done = await packFor(made, host(made, ['darwin', 'arm64']));
    expect(packages(done).filter((file) => file.endsWith('.node'))).toEqual([
      'node_modules/native/prebuilds/darwin/a.node',
    ]);
    made.remove('/out');
    await expect(packFor(made, host(made, ['win32', 'x64']))).rejects.toThrow(
      /holds no binary for win32 x64, where the function runs: .* Get the right one: npm rebuild native$/,
    );
  });

  it('is refused for addons among the tasks by the same measure', async () => {
    await using made = project({
      'own.ts': `import own from './own.node'; export const f = () => own;`,
      'own.node': machO('arm64'),
    });
    made.remove('image.ts');
    await packFor(made, host(made, ['darwin', 'arm64']));
    made.remove('/out');
    await expect(packFor(made, host(made, ['darwin', 'x64']))).rejects.toThrow(
      'The addon own.node among the tasks is for darwin arm64, and the function runs on darwin x64.',
    );
  });
});

describe('this machine', () => {
  it('is what Node says that it is', () => {
    expect(hostPlatform()).toMatchObject({ os: process.platform, cpu: process.arch, isHost: true });
    expect(hostPlatform().libc === undefined).toBe(process.platform !== 'linux');
  });
});
