import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageTasks, type TasksPackage } from '../../../../src/deploy/package/package-tasks.ts';
import { lambdaPlatform, type Architecture } from '../../../../src/deploy/package/target-platform.ts';
import { call, type Project } from '../../bundle/project.ts';
import { elf, machO, portableExecutable } from './binaries.ts';
import { familyOf, GNU_ARM, GNU_X64, json, MAC_ARM, MUSL_X64, packages, packFor, project } from './native-project.ts';

function pack(from: Project, architecture: Architecture = 'x86_64', external: string[] = []): Promise<TasksPackage> {
  return packFor(from, lambdaPlatform(architecture), external);
}

describe('the packages that go with a bundle', () => {
  it('lie in its node_modules with all that they need, and run from there', async () => {
    await using made = project({
      '/node_modules/native/binding.gyp': '{}',
      '/node_modules/native/package.json': json({ dependencies: { helper: '1' }, devDependencies: { unwanted: '1' } }),
      '/node_modules/native/index.js': `exports.answer = require('helper').answer + 1;`,
      '/node_modules/helper/package.json': json({ dependencies: { deeper: '1' } }),
      '/node_modules/helper/index.js': `exports.answer = require('deeper');`,
      '/node_modules/deeper/package.json': '{}',
      '/node_modules/deeper/index.js': 'module.exports = 41;',
      '/node_modules/unwanted/package.json': '{}',
    });
    const done = await pack(made);
    made.remove('/node_modules');
    expect(await call(done.directory, 'image.f')).toBe(42);
    expect(existsSync(path.join(done.directory, 'node_modules/unwanted'))).toBe(false);
    expect(done.files).toContain('node_modules/deeper/index.js');
    expect(done.files).toEqual([...done.files].sort());
  });

  it('keep two versions of one package apart', async () => {
    await using made = project({
      '/node_modules/native/binding.gyp': '{}',
      '/node_modules/native/package.json': json({ dependencies: { a: '1', shared: '1' } }),
      '/node_modules/native/index.js': `exports.answer = require('shared') + require('a');`,
      '/node_modules/shared/package.json': '{}',
      '/node_modules/shared/index.js': 'module.exports = "one";',
      '/node_modules/a/package.json': json({ dependencies: { shared: '2', native: '1' } }),
      '/node_modules/a/index.js': `module.exports = require('shared');`,
      '/node_modules/a/node_modules/shared/package.json': '{}',
      '/node_modules/a/node_modules/shared/index.js': 'module.exports = "two";',
    });
    const done = await pack(made);
    made.remove('/node_modules');
    expect(await call(done.directory, 'image.f')).toBe('onetwo');
    expect(packages(done).filter((file) => file.includes('native/'))).toHaveLength(3);
  });

  it('are found where pnpm puts them', async () => {
    await using made = project({
      '/node_modules/.pnpm/native@1/node_modules/native/binding.gyp': '{}',
      '/node_modules/.pnpm/native@1/node_modules/native/package.json': json({ dependencies: { helper: '1' } }),
      '/node_modules/.pnpm/native@1/node_modules/native/index.js': `exports.answer = require('helper');`,
      '/node_modules/.pnpm/native@1/node_modules/helper/package.json': '{}',
      '/node_modules/.pnpm/native@1/node_modules/helper/index.js': 'module.exports = 42;',
    });
    made.remove('/node_modules/native');
    symlinkSync(made.path('node_modules/.pnpm/native@1/node_modules/native'), made.path('node_modules/native'));
    const done = await pack(made);
    made.remove('/node_modules');
    expect(await call(done.directory, 'image.f')).toBe(42);
  });

  it('are noted when something that they need is not installed', async () => {
    await using made = project({
      '/node_modules/native/binding.gyp': '{}',
      '/node_modules/native/package.json': json({ dependencies: { gone: '1' }, optionalDependencies: { maybe: '1' } }),
    });
    expect((await pack(made)).notes).toContain('The package native needs gone, which is not installed.');
  });

  it('stay away if they are named as external: a layer brings them', async () => {
    await using made = project({ '/node_modules/native/build/Release/x.node': machO('arm64') });
    const done = await pack(made, 'arm64', ['native']);
    expect(packages(done)).toEqual([]);
    expect(done.notes).toEqual(['The package native is external and does not go along: a layer has to bring it.']);
  });
});

describe('a package with one optional package for each platform', () => {
  it('brings the one for the function', async () => {
    await using made = project(familyOf(GNU_X64, MUSL_X64, GNU_ARM, MAC_ARM));
    expect(packages(await pack(made, 'arm64')).filter((file) => file.endsWith('.node'))).toEqual([
      'node_modules/@native/linux-arm64-gnu/native.node',
    ]);
  });

  it.each([
    ['another system', [MAC_ARM], ['darwin-arm64/native.node is for darwin arm64']],
    ['another machine', [GNU_X64], ['linux-x64-gnu/native.node is for linux x64', 'let the function run on `x86_64`']],
    ['another C library', [MUSL_X64], ['linux-x64-musl/native.node is for linux x64 (musl)']],
    ['nothing at all', [], ['@native/linux-arm64-gnu is not installed']],
  ] as const)('is refused with what mends it when it is installed for %s', async (_what, installed, facts) => {
    await using made = project(familyOf(...installed));
    const refused: unknown = await pack(made, 'arm64').catch((error: unknown) => error);
    const command = 'npm install --os=linux --cpu=arm64 --libc=glibc native';
    expect(refused).toMatchObject({ code: 'BUILD_FAILED', details: { package: 'native', command } });
    const message = String(refused);
    expect(message).toContain('The package native holds no binary for linux arm64, where the function runs: ');
    for (const fact of [...facts, command]) expect(message).toContain(fact);
    expect(message.includes('let the function run on')).toBe(facts.length === 2);
  });

  it('is refused when the header of the file contradicts its name', async () => {
    await using made = project(familyOf(['linux-arm64-gnu', 'linux', 'arm64', portableExecutable('arm64')]));
    await expect(pack(made, 'arm64')).rejects.toThrow('linux-arm64-gnu/native.node is for win32 arm64');
  });

  it('may run as WebAssembly instead', async () => {
    await using made = project({
      ...familyOf(MAC_ARM),
      '/node_modules/native/package.json': json({
        optionalDependencies: { '@native/linux-arm64-gnu': '1', '@native/wasm32-wasi': '1' },
      }),
      '/node_modules/@native/wasm32-wasi/package.json': json({ cpu: ['wasm32'] }),
    });
    expect((await pack(made, 'arm64')).files).toContain('node_modules/native/index.js');
  });

  it('does not mind an optional package that only another system needs', async () => {
    await using made = project({
      '/node_modules/native/binding.gyp': '{}',
      '/node_modules/native/package.json': json({ optionalDependencies: { fsevents: '2' } }),
      '/node_modules/fsevents/package.json': json({ os: ['darwin'] }),
      '/node_modules/fsevents/fsevents.node': machO('arm64'),
    });
    expect(packages(await pack(made)).filter((file) => file.includes('fsevents'))).toEqual([]);
  });
});

describe('a package that carries its binaries itself', () => {
  it('leaves those for other platforms behind', async () => {
    await using made = project({
      '/node_modules/native/package.json': '{}',
      '/node_modules/native/prebuilds/linux-x64/a.node': elf('x64'),
      '/node_modules/native/prebuilds/linux-x64/a.musl.node': elf('x64', 'libc.musl-x86_64.so.1'),
      '/node_modules/native/prebuilds/linux-arm64/a.node': elf('arm64'),
      '/node_modules/native/prebuilds/darwin-arm64/a.node': machO('arm64'),
    });
    expect(packages(await pack(made)).filter((file) => file.endsWith('.node'))).toEqual([
      'node_modules/native/prebuilds/linux-x64/a.node',
    ]);
  });

  it.each([
    [
      'that it downloads',
      { install: 'prebuild-install || node-gyp rebuild' },
      'npm_config_platform=linux npm_config_arch=x64 npm rebuild native',
    ],
    [
      'that it compiles',
      {},
      'docker run --rm --platform linux/amd64 -v "$PWD:/app" -w /app public.ecr.aws/sam/build-nodejs24.x npm rebuild native',
    ],
  ])('is refused with the command for a binary %s', async (_how, scripts, command) => {
    await using made = project({
      '/node_modules/native/package.json': json({ scripts }),
      '/node_modules/native/build/Release/native.node': machO('x64'),
    });
    await expect(pack(made)).rejects.toThrow(
      `${made.path('node_modules/native/build/Release/native.node')} is for darwin x64. Get the right one: ${command}`,
    );
  });
});

describe('an addon among the tasks', () => {
  const load = { 'own.ts': `import own from './own.node'; export const f = () => own;` };

  it('goes along if it is for the function, and is refused by name if not', async () => {
    await using made = project({ ...load, 'own.node': elf('x64') });
    made.remove('image.ts');
    expect((await pack(made)).files).toContainEqual(expect.stringMatching(/^tasks\/own-.*\.node$/));
    made.remove('/out');
    await expect(pack(made, 'arm64')).rejects.toThrow(
      'The addon own.node among the tasks is for linux x64, and the function runs on linux arm64.',
    );
  });
});

describe('the parts of a package', () => {
  it('are sources, packages, assets and the agent, largest first', async () => {
    await using made = project({
      'image.ts': `import native from 'native'; import { big } from 'bundled'; export const f = () => [native, big];`,
      '/node_modules/bundled/index.js': `export const big = ${json({ big: 'x'.repeat(200_000) })};`,
      '/node_modules/bundled/package.json': json({ type: 'module' }),
      '/node_modules/native/binding.gyp': '{}',
      '/node_modules/native/package.json': '{}',
      '/node_modules/native/data.bin': 'x'.repeat(100_000),
      'prices.csv': 'x'.repeat(300_000),
    });
    const done = await packageTasks({
      tasksRoot: made.tasksRoot,
      outDir: made.path('out'),
      platform: lambdaPlatform('arm64'),
      assets: ['*.csv'],
    });
    const names = done.parts.map(({ name }) => name);
    expect(names.slice(0, 3)).toEqual(['tasks/prices.csv', 'node_modules/bundled', 'node_modules/native']);
    expect(names).toContain('lambdapool/agent.mjs');
    expect(names).toContain('tasks/image.ts');
    const written = readFileSync(path.join(done.directory, 'agent.mjs')).byteLength;
    expect(done.parts.find(({ name }) => name === 'lambdapool/agent.mjs')?.bytes).toBe(written);
  });
});
