import { describe, expect, it } from 'vitest';
import { packageOf } from '../../../src/bundle/native-packages.ts';
import { call, Project } from './project.ts';

const USER = { 'image.ts': `import native from 'native'; export const f = () => native.answer;` };
const MAIN = { '/node_modules/native/index.js': 'exports.answer = 42;' };

describe('packages with native code', () => {
  it.each<[string, Record<string, string>]>([
    ['binding.gyp', { '/node_modules/native/binding.gyp': '{}' }],
    ['prebuilds', { '/node_modules/native/prebuilds/linux-x64/x.node': '' }],
    ['a compiled addon', { '/node_modules/native/build/Release/x.node': '' }],
    ['gypfile', { '/node_modules/native/package.json': '{ "name": "native", "gypfile": true }' }],
    ['napi', { '/node_modules/native/package.json': '{ "name": "native", "napi": { "binaryName": "x" } }' }],
    [
      'packages for platforms',
      { '/node_modules/native/package.json': '{ "optionalDependencies": { "@native/linux-x64-gnu": "1" } }' },
    ],
  ])('are known by %s, stay outside the bundle, and are noted', async (_sign, files) => {
    await using project = new Project({ ...USER, ...MAIN, ...files });
    const { directory, nativePackages, notes } = await project.bundle();
    expect(nativePackages).toEqual([{ name: 'native', directory: project.path('node_modules/native') }]);
    expect(notes).toEqual([expect.stringContaining('The package native holds native code')]);
    project.write('/node_modules/native/index.js', 'exports.answer = 43;');
    expect(await call(directory, 'image.f')).toBe(43);
  });

  it('are found behind other packages, and when bundling them fails', async () => {
    await using project = new Project({
      'image.ts': `import between from 'between'; export const f = () => between.answer;`,
      '/node_modules/between/index.js': `exports.answer = require('@scope/native/lib/main').answer;`,
      '/node_modules/@scope/native/binding.gyp': '{}',
      '/node_modules/@scope/native/lib/main.js': `exports.answer = 42; exports.load = () => require('../build/not-built.node');`,
    });
    const { directory, nativePackages } = await project.bundle();
    expect(nativePackages.map(({ name }) => name)).toEqual(['@scope/native']);
    expect(await call(directory, 'image.f')).toBe(42);
  });

  it('are not suspected without a sign', async () => {
    await using project = new Project({
      ...USER,
      ...MAIN,
      '/node_modules/native/package.json': '{ "name": "native" }',
    });
    const { directory, nativePackages, notes } = await project.bundle();
    expect([nativePackages, notes]).toEqual([[], []]);
    project.remove('/node_modules');
    expect(await call(directory, 'image.f')).toBe(42);
  });
});

describe('packageOf', () => {
  it.each([
    ['/p/node_modules/a/index.js', 'a', '/p/node_modules/a'],
    ['/p/node_modules/@s/a/lib/x.js', '@s/a', '/p/node_modules/@s/a'],
    ['/p/node_modules/a/node_modules/b/x.js', 'b', '/p/node_modules/a/node_modules/b'],
    ['/p/node_modules/.pnpm/a@1/node_modules/a/x.js', 'a', '/p/node_modules/.pnpm/a@1/node_modules/a'],
  ])('%s', (file, name, directory) => {
    expect(packageOf(file)).toEqual({ name, directory });
  });

  it('is nothing for a file of the project', () => {
    expect(packageOf('/p/tasks/a.ts')).toBeUndefined();
  });
});
