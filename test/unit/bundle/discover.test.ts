import { symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { discoverModules, moduleName, resolveTasksRoot } from '../../../src/bundle/discover.ts';
import { Project } from './project.ts';

async function namesIn(files: readonly string[]): Promise<string[]> {
  await using project = new Project(Object.fromEntries(files.map((file) => [file, ''])));
  const { modules } = await discoverModules(project.tasksRoot);
  return modules.map(({ name }) => name);
}

describe('names of task modules', () => {
  it.each([
    ['math.ts', 'math'],
    ['pipeline/forecast.ts', 'pipeline.forecast'],
    ['pipeline/forecast/index.ts', 'pipeline.forecast'],
    ['price-list.mjs', 'price-list'],
    ['index.ts', 'index'],
    ['index/index.ts', 'index'],
    ['a/index/b.js', 'a.index.b'],
  ])('%s is %s', (path, name) => {
    expect(moduleName(path)).toBe(name);
  });
});

describe('which files are task modules', () => {
  it('takes every extension that esbuild reads as a module, in the order of the names', async () => {
    const files = ['h.jsx', 'g.tsx', 'f.cjs', 'e.mjs', 'd.js', 'c.cts', 'b.mts', 'a.ts'];
    expect(await namesIn(files)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
  });

  it('leaves out declarations, tests, hidden names, packages and other files', async () => {
    const files = [
      'math.ts',
      'math.d.ts',
      'x.d.mts',
      'x.d.cts',
      'math.test.ts',
      'math.spec.tsx',
      '_helper.ts',
      '.x.ts',
    ];
    const more = ['_lib/deep/a.ts', '.git/b.ts', 'node_modules/p/index.js', 'prices.v1.csv', 'data.json', 'README.md'];
    expect(await namesIn([...files, ...more])).toEqual(['math']);
  });

  it('takes a linked file and notes a linked folder', async () => {
    await using project = new Project({ 'math.ts': '', '/shared/stats.ts': '', '/shared/more/x.ts': '' });
    symlinkSync(project.file('/shared/stats.ts'), project.file('stats.ts'));
    symlinkSync(project.file('/shared/more'), project.file('more'));
    symlinkSync(project.file('/nowhere.ts'), project.file('broken.ts'));
    const { modules, notes } = await discoverModules(project.tasksRoot);
    expect(modules.map(({ name }) => name)).toEqual(['math', 'stats']);
    expect(notes).toEqual([expect.stringContaining(`${project.file('more')} is a link to a folder`)]);
  });
});

describe('what is refused', () => {
  it('names the path of a tasks root that is missing or no folder', async () => {
    await using project = new Project({ 'math.ts': '' });
    await expect(resolveTasksRoot(project.file('/tusks'))).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining(`${project.file('/tusks')} does not exist`),
    });
    await expect(resolveTasksRoot(project.file('math.ts'))).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining('math.ts is not a folder'),
    });
  });

  it('says what to put into an empty tasks root', async () => {
    await using project = new Project({ 'README.md': '' });
    await expect(discoverModules(project.tasksRoot)).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      message: expect.stringMatching(/tasks holds no task modules\. Put a module that exports a function there/),
    });
  });

  it('names each file with a dot in its name or folder, and a better name', async () => {
    await using project = new Project({ 'math.v2.ts': '', 'v1.5/stats.ts': '', 'v1.5/prices.csv': '' });
    const fault = await discoverModules(project.tasksRoot).catch((error: unknown) => error);
    expect(fault).toMatchObject({ code: 'BUILD_FAILED' });
    expect(String(fault)).toContain(`${project.file('math.v2.ts')}: a dot in the name`);
    expect(String(fault)).toContain('Rename it, for example to math-v2.ts');
    expect(String(fault)).toContain('v1-5/stats.ts');
  });

  it('does not mind a dot in a folder without modules', async () => {
    expect(await namesIn(['math.ts', 'data.d/prices.csv'])).toEqual(['math']);
  });

  it.each([
    ['math.js', 'math.ts'],
    ['math.ts', 'math/index.ts'],
    ['a/b.mts', 'a/b.ts'],
  ])('names both of two modules of one name: %s and %s', async (first, second) => {
    await using project = new Project({ [first]: '', [second]: '', 'other.ts': '' });
    await expect(discoverModules(project.tasksRoot)).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      message: expect.stringContaining(`${first} and ${second} in ${project.tasksRoot} both make the task module`),
    });
  });
});
