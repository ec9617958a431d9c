import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleTasks } from '../../../src/bundle/bundle-tasks.ts';
import { Project } from './project.ts';

describe('the manifest', () => {
  it('describes each task, and is written into the bundle', async () => {
    await using project = new Project({
      'math.ts': `/** Sums. */\nexport function add(a: number, b = 1, ...more: number[]) { return a + b + more.length; }`,
      'deep/er/index.ts': `\nexport const run = ({ a }: { a: 1 }) => a;`,
    });
    const { manifest, directory, hash } = await project.bundle();
    expect(manifest).toEqual({
      version: 1,
      hash,
      tasks: {
        'deep.er.run': {
          module: 'deep.er',
          export: 'run',
          params: null,
          file: 'deep/er/index.ts',
          line: 2,
          hash: expect.stringMatching(/^[0-9a-f]{16}$/),
        },
        'math.add': {
          module: 'math',
          export: 'add',
          params: [
            { name: 'a', required: true },
            { name: 'b', required: false },
            { name: 'more', required: false, rest: true },
          ],
          doc: 'Sums.',
          file: 'math.ts',
          line: 2,
          hash: expect.stringMatching(/^[0-9a-f]{16}$/),
        },
      },
    });
    expect(JSON.parse(readFileSync(path.join(directory, 'manifest.json'), 'utf8'))).toEqual(manifest);
  });

  it('follows re-exports to the function, in whatever file of the project it stands', async () => {
    await using project = new Project({
      'all.ts': `export { inner as renamed } from './_inner.js';
        export * from './_star';
        export { default as standard } from '@lib/standard';
        import { far } from '../shared/far.ts';
        export { far };
        export const again = far;
        export { Shape } from './_inner.ts';
        export { constant } from './_inner.ts';`,
      '_inner.ts': `export interface Shape { x: 1 }\nexport const constant = 1;\nexport function inner(a: number) { return a; }`,
      '_star.ts': `export * from './_star-deep.ts';\nexport const starred = (b = 1) => b;\nexport default () => 1;`,
      '_star-deep.ts': `export * from './_star.ts';\nexport function deep() {}\nexport type T = 1;`,
      '/lib/standard.ts': `export default function (c: number) { return c; }`,
      '/shared/far.ts': `\n/** Far. */\nexport function far(d: number) { return d; }`,
      '/tsconfig.json': '{ "compilerOptions": { "paths": { "@lib/*": ["./lib/*"] } } }',
    });
    const { manifest, notes } = await project.bundle();
    const facts = Object.values(manifest.tasks).map((task) => [
      task.export,
      task.params?.map(({ name }) => name).join(),
      `${task.file}:${task.line}`,
      task.doc,
    ]);
    expect(facts).toEqual([
      ['again', 'd', '../shared/far.ts:3', 'Far.'],
      ['deep', '', '_star-deep.ts:2', undefined],
      ['far', 'd', '../shared/far.ts:3', 'Far.'],
      ['renamed', 'a', '_inner.ts:3', undefined],
      ['standard', 'c', '../lib/standard.ts:1', undefined],
      ['starred', 'b', '_star.ts:2', undefined],
    ]);
    expect(notes).toEqual([]);
  });

  it('does not read packages: a named function of one takes args only, `export *` of one is a note', async () => {
    await using project = new Project({
      '/node_modules/lib/package.json': '{ "name": "lib", "type": "module", "exports": "./index.js" }',
      '/node_modules/lib/index.js': 'export const chunk = (list, size) => list; export const other = 1;',
      'named.ts': `export { chunk } from 'lib';\nexport { join } from 'node:path';`,
      'star.ts': `export * from './_circle.ts'; export * from 'lib'; export const own = () => 1;`,
      '_circle.ts': `export * from './star.ts';`,
    });
    const { manifest, notes } = await project.bundle();
    expect(Object.keys(manifest.tasks)).toEqual(['named.chunk', 'named.join', 'star.own']);
    expect(manifest.tasks['named.chunk']).toMatchObject({ params: null, file: 'named.ts', line: 1 });
    expect(manifest.tasks['named.join']).toMatchObject({ params: null, line: 2 });
    expect(notes).toEqual([expect.stringContaining("star.ts: `export * from 'lib'` makes no tasks")]);
  });

  it('notes modules without functions, generators and odd names', async () => {
    await using project = new Project({
      'constants.ts': 'export const PI = 3; export class Circle {}',
      'none.cjs': 'exports.f = () => 1;',
      'math.ts': `export const f = () => 1; export default function standard() {} export function* g() {}\nexport { f as 'not an identifier' };`,
    });
    const { manifest, notes } = await project.bundle();
    expect(Object.keys(manifest.tasks)).toEqual(['math.f']);
    expect(notes).toEqual([
      expect.stringContaining('constants.ts exports no function'),
      expect.stringContaining('math.ts: g is a generator and no task'),
      expect.stringContaining('math.ts: "not an identifier" is no task'),
      expect.stringContaining('none.cjs exports no function'),
    ]);
  });
});

describe('hashes', () => {
  const FILES = {
    'a.ts': `import { help } from './_help.ts'; export const f = () => help();`,
    'b.ts': `import { help } from './_help.ts'; import legacy from 'legacy'; export const f = () => [help(), legacy];`,
    'c.ts': `export const f = (n: number) => n;`,
    '_help.ts': 'export const help = () => 1;',
    '/node_modules/legacy/index.js': 'module.exports = 3;',
  };

  const hashes = async (project: Project): Promise<Record<string, string>> => {
    const { manifest } = await project.bundle();
    const tasks = Object.entries(manifest.tasks).map(([name, { hash }]) => [name, hash]);
    return { all: manifest.hash, ...Object.fromEntries(tasks) };
  };

  it('are the same for two checkouts, however deep, and wherever the bundle is written', async () => {
    await using one = new Project(FILES);
    await using two = new Project({});
    cpSync(one.tasksRoot, two.path('deeper/still/tasks'), { recursive: true });
    cpSync(one.path('node_modules'), two.path('deeper/still/node_modules'), { recursive: true });
    cpSync(one.path('package.json'), two.path('deeper/still/package.json'));
    const first = await one.bundle();
    const second = await bundleTasks({
      tasksRoot: two.path('deeper/still/tasks'),
      outDir: two.path('deeper/still/somewhere/else'),
    });
    expect(second.manifest).toEqual(first.manifest);
    expect(second.files).toEqual(first.files);
  });

  it('change with the code, and only those of the modules that hold it', async () => {
    await using project = new Project(FILES);
    const before = await hashes(project);
    expect(await hashes(project)).toEqual(before);
    project.write('_help.ts', 'export const help = () => 2;');
    const after = await hashes(project);
    const changed = Object.keys(before).filter((key) => before[key] !== after[key]);
    expect(changed).toEqual(['all', 'a.f', 'b.f']);
  });

  it('of a module changes with another that it imports when it runs', async () => {
    await using project = new Project({
      ...FILES,
      'd.ts': `export const f = async () => (await import('./c.ts')).f(1);`,
    });
    const before = await hashes(project);
    project.write('c.ts', 'export const f = (n: number) => n + 1;');
    const after = await hashes(project);
    const changed = Object.keys(before).filter((key) => before[key] !== after[key]);
    expect(changed).toEqual(['all', 'c.f', 'd.f']);
  });

  it('of the bundle changes with a doc comment and with moved lines, not with other comments', async () => {
    await using project = new Project(FILES);
    const before = await hashes(project);
    project.write('c.ts', `${FILES['c.ts']} // more`);
    expect(await hashes(project)).toEqual(before);
    project.write('c.ts', FILES['c.ts'].replace('=> n', '=>\n\nn'));
    const inner = await hashes(project);
    expect(inner['all']).not.toBe(before['all']);
    project.write('c.ts', `\n${FILES['c.ts']}`);
    const moved = await hashes(project);
    expect(moved['all']).not.toBe(before['all']);
    project.write('c.ts', `/** Doc. */\n${FILES['c.ts']}`);
    expect((await hashes(project))['all']).not.toBe(moved['all']);
  });
});
