import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { folderSource } from '../../../src/bundle/folder-source.ts';
import { tasksSource } from '../../../src/bundle/tasks-source.ts';
import { descendants } from '../../support/processes.ts';
import { call, Project } from './project.ts';

const MATH = { 'math.ts': 'export const f = () => 1;' };

describe('a source of tasks', () => {
  it('gives bundles that run, with their manifest and notes', async () => {
    await using project = new Project({ ...MATH, 'helpers.ts': 'export const x = 1;' });
    await using source = tasksSource({ tasksRoot: project.tasksRoot });
    expect(source.notes).toEqual([]);
    await using bundle = await source.current();
    expect(await call(bundle.directory, 'math.f')).toBe(1);
    expect(bundle.handler).toBe('index.handler');
    const manifest = await source.manifest();
    expect(bundle.hash).toBe(manifest.hash);
    expect(Object.keys(manifest.tasks)).toEqual(['math.f']);
    expect(source.notes).toEqual([expect.stringContaining('helpers.ts exports no function')]);
  });

  it('gives stacks of the sources as they lie in the project', async () => {
    await using project = new Project({
      'math.ts': 'interface A {}\n\nexport const f = () => { throw new Error("x"); };',
    });
    await using source = tasksSource({ tasksRoot: project.tasksRoot });
    await using bundle = await source.current();
    await expect(call(bundle.directory, 'math.f')).rejects.toThrow(`${project.file('math.ts')}:3:`);
  });

  it('builds once for callers at the same time, and not again without `watch`', async () => {
    await using project = new Project(MATH);
    await using source = tasksSource({ tasksRoot: pathToFileURL(project.tasksRoot) });
    const bundles = await Promise.all([source.current(), source.current(), source.current()]);
    project.write('math.ts', 'export const f = () => 2;');
    bundles.push(await source.current());
    expect(new Set(bundles.map(({ directory }) => directory)).size).toBe(1);
    for (const bundle of bundles) await bundle[Symbol.asyncDispose]();
  });

  it('makes bundles in .lambdapool of the nearest project, unseen by git', async () => {
    await using project = new Project({ 'deep/tasks/math.ts': 'export const f = () => 1;' });
    await using source = tasksSource({ tasksRoot: project.file('deep/tasks') });
    await using bundle = await source.current();
    expect(path.relative(project.path('.lambdapool'), bundle.directory)).toMatch(
      /^dev-[0-9a-f]{6}-\d+-[0-9a-f]{8}[\\/]gen-1$/,
    );
    expect(readFileSync(project.path('.lambdapool/.gitignore'), 'utf8')).toBe('*\n');
  });

  it('keeps a folder until its last holder lets go, also beyond its own end', async () => {
    await using project = new Project(MATH);
    const source = tasksSource({ tasksRoot: project.tasksRoot });
    const one = await source.current();
    const two = await source.current();
    await one[Symbol.asyncDispose]();
    await one[Symbol.asyncDispose]();
    await source[Symbol.asyncDispose]();
    expect(existsSync(path.join(two.directory, 'index.mjs'))).toBe(true);
    await two[Symbol.asyncDispose]();
    expect(readdirSync(project.path('.lambdapool'))).toEqual(['.gitignore']);
  });

  it('clears away the folders of dead processes, and of nobody else', async () => {
    await using project = new Project(MATH);
    const dead = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
    await using first = tasksSource({ tasksRoot: project.tasksRoot });
    await using bundle = await first.current();
    const mark = /dev-([0-9a-f]{6})-/.exec(bundle.directory)?.[1] ?? '';
    const keep = [
      `dev-${mark}-${process.pid}-00000000`,
      `dev-${mark}-1-00000000`,
      `dev-ffffff-${dead}-00000000`,
      'mine',
    ];
    for (const name of [...keep, `dev-${mark}-${dead}-00000000`]) {
      mkdirSync(project.path(`.lambdapool/${name}/gen-1`), { recursive: true });
      writeFileSync(project.path(`.lambdapool/${name}/gen-1/index.mjs`), '');
    }
    await using second = tasksSource({ tasksRoot: project.tasksRoot });
    await using other = await second.current();
    const own = [bundle, other].map(({ directory }) => path.basename(path.dirname(directory)));
    expect(readdirSync(project.path('.lambdapool')).sort()).toEqual(['.gitignore', ...keep, ...own].sort());
  });

  it('builds anew at each call until it succeeds', async () => {
    await using project = new Project({ 'math.ts': 'export const f = ;' });
    await using source = tasksSource({ tasksRoot: project.tasksRoot });
    await expect(source.current()).rejects.toMatchObject({ code: 'BUILD_FAILED' });
    await expect(source.manifest()).rejects.toMatchObject({ code: 'BUILD_FAILED' });
    project.write('math.ts', 'export const f = () => 1;');
    await using bundle = await source.current();
    expect(await call(bundle.directory, 'math.f')).toBe(1);
  });

  it('looks again for a tasks root that was missing', async () => {
    await using project = new Project({});
    await using source = tasksSource({ tasksRoot: project.file('later') });
    await expect(source.current()).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    project.write('later/math.ts', 'export const f = () => 1;');
    await using bundle = await source.current();
    expect(bundle.handler).toBe('index.handler');
  });

  it('links packages with native code that only their importer can see', async () => {
    await using project = new Project({
      'image.ts': `import between from 'between'; export const f = () => between.answer;`,
      '/node_modules/between/index.js': `exports.answer = require('native').answer;`,
      '/node_modules/between/node_modules/native/binding.gyp': '{}',
      '/node_modules/between/node_modules/native/index.js': 'exports.answer = 42;',
    });
    await using source = tasksSource({ tasksRoot: project.tasksRoot });
    await using bundle = await source.current();
    expect(await call(bundle.directory, 'image.f')).toBe(42);
    await bundle[Symbol.asyncDispose]();
    await source[Symbol.asyncDispose]();
    expect(existsSync(project.path('node_modules/between/node_modules/native/index.js'))).toBe(true);
  });

  it('leaves no process behind, and refuses calls after its end', async () => {
    await using project = new Project(MATH);
    const before = descendants(process.pid);
    const source = tasksSource({ tasksRoot: project.tasksRoot, watch: true });
    const bundle = await source.current();
    await bundle[Symbol.asyncDispose]();
    await Promise.all([source[Symbol.asyncDispose](), source[Symbol.asyncDispose]()]);
    await expect(source.current()).rejects.toMatchObject({ code: 'POOL_CLOSED' });
    await expect.poll(() => descendants(process.pid).filter((pid) => !before.includes(pid))).toEqual([]);
  });

  it('can be closed before and during its first build', async () => {
    await using project = new Project(MATH);
    await tasksSource({ tasksRoot: project.tasksRoot })[Symbol.asyncDispose]();
    const source = tasksSource({ tasksRoot: project.tasksRoot, watch: true });
    const building = source.current().then(
      (bundle) => bundle[Symbol.asyncDispose](),
      (error: unknown) => expect(error).toMatchObject({ code: 'POOL_CLOSED' }),
    );
    await source[Symbol.asyncDispose]();
    await building;
    expect(readdirSync(project.path('.lambdapool'))).toEqual(['.gitignore']);
  });

  it.each([
    [{ tasksRoot: 3 }, '`tasksRoot` to be a path or a file URL, got 3'],
    [{ tasksRoot: '' }, '`tasksRoot`'],
    [{ tasksRoot: '.', watch: 1 }, '`watch` to be true or false, got 1'],
    [{ tasksRoot: '.', external: 'sharp' }, '`external` to be an array of non-empty strings'],
    [{ tasksRoot: '.', assets: [''] }, '`assets` to be an array of non-empty strings'],
    [{ tasksRoot: '.', wach: true }, 'no option `wach`'],
  ])('refuses %j', (options, message) => {
    const open = tasksSource as (options: object) => unknown;
    expect(() => open(options)).toThrow(message);
  });
});

describe('a folder as a source', () => {
  it('is what it is, and nothing removes it', async () => {
    await using project = new Project(MATH);
    const source = folderSource({ directory: pathToFileURL(project.tasksRoot), handler: 'math.f' });
    const one = await source.current();
    const two = await source.current();
    expect(one).toMatchObject({ directory: project.tasksRoot, handler: 'math.f', hash: two.hash });
    source.onChange(() => expect.unreachable())[Symbol.dispose]();
    for (const each of [one, two, source]) await each[Symbol.asyncDispose]();
    expect(existsSync(project.file('math.ts'))).toBe(true);
  });

  it('says so when it is missing', async () => {
    await using source = folderSource({ directory: '/no/such/folder', handler: 'index.handler' });
    await expect(source.current()).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining(path.resolve('/no/such/folder')),
    });
  });
});
