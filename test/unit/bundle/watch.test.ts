import { existsSync, renameSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CodeChange } from '../../../src/bundle/code-source.ts';
import { call, Project } from './project.ts';
import { f, Watched } from './watched.ts';

describe('watching', () => {
  it('announces a saved module with its file, and the bundle runs the new code', async () => {
    await using project = new Project({ 'math.ts': f(1) });
    await using watched = await Watched.open(project);
    project.write('math.ts', f(2));
    const { bundle, files, durationMs } = await watched.nextBuilt();
    expect(await call(bundle.directory, 'math.f')).toBe(2);
    expect(files).toEqual([path.relative(process.cwd(), project.file('math.ts'))]);
    expect(durationMs).toBeGreaterThan(0);
    await using current = await watched.source.current();
    expect(current).toMatchObject({ directory: bundle.directory, hash: bundle.hash });
  });

  it('loses no change that is made right after the first build', async () => {
    for (let round = 0; round < 5; round += 1) {
      await using project = new Project({ 'math.ts': f(1), '/lib/help.ts': 'export const help = 1;' });
      const opening = Watched.open(project);
      // Without awaiting: the watcher is not ready yet.
      project.write('math.ts', `import { help } from '../lib/help.ts'; export const f = () => help;`);
      await using watched = await opening;
      project.write('/lib/help.ts', 'export const help = 7;');
      const isNew = async (): Promise<boolean> => {
        await using bundle = await watched.source.current();
        return (await call(bundle.directory, 'math.f')) === 7;
      };
      while (!(await isNew())) expect(await watched.next()).toHaveProperty('type');
    }
  });

  it('lets the last of 20 rapid edits win', async () => {
    await using project = new Project({ 'math.ts': f(0) });
    await using watched = await Watched.open(project);
    for (let value = 1; value <= 20; value += 1) {
      project.write('math.ts', f(value));
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    for (let value = 0; value !== 20;) {
      const { bundle } = await watched.nextBuilt();
      value = Number(await call(bundle.directory, 'math.f'));
      expect(value).toBeGreaterThan(0);
    }
  });

  it('makes one generation of a burst over many files', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `task-${index}.ts`);
    await using project = new Project(Object.fromEntries(names.map((name) => [name, f(1)])));
    await using watched = await Watched.open(project);
    for (const name of names) project.write(name, f(2));
    const { bundle, files } = await watched.nextBuilt();
    expect(files).toHaveLength(30);
    expect(path.basename(bundle.directory)).toBe('gen-2');
    // Were there a change left, it would come before this one.
    project.write('task-0.ts', f(3));
    expect(path.basename((await watched.nextBuilt()).bundle.directory)).toBe('gen-3');
  });

  it('sees atomic saves, one after the other, of a module and of a helper outside the root', async () => {
    const help = (value: number): string => `export const help = ${value};`;
    await using project = new Project({
      'math.ts': `import { help } from '../lib/help.ts'; export const f = () => help;`,
      '/lib/help.ts': help(0),
    });
    await using watched = await Watched.open(project);
    for (const value of [1, 2, 3]) {
      project.replace('/lib/help.ts', help(value));
      const { bundle } = await watched.nextBuilt();
      expect(await call(bundle.directory, 'math.f')).toBe(value);
    }
    for (const value of [4, 5]) {
      project.replace('math.ts', f(value));
      const { bundle } = await watched.nextBuilt();
      expect(await call(bundle.directory, 'math.f')).toBe(value);
    }
  });

  it('notices new, renamed and deleted modules and folders', async () => {
    await using project = new Project({ 'math.ts': f(1) });
    await using watched = await Watched.open(project);
    project.write('stats.ts', f(1));
    await watched.until('stats.f');
    project.write('deep/er/table.ts', f(1));
    await watched.until('deep.er.table.f');
    renameSync(project.file('stats.ts'), project.file('statistics.ts'));
    await watched.until('statistics.f');
    project.remove('deep');
    while ((await watched.tasks()).join() !== 'math.f,statistics.f') await watched.nextBuilt();
    renameSync(project.file('math.ts'), project.file('_math.ts'));
    while ((await watched.tasks()).join() !== 'statistics.f') await watched.nextBuilt();
    expect(await watched.tasks()).toEqual(['statistics.f']);
  });

  it('says nothing when the content is the same, or a file is of no interest', async () => {
    await using project = new Project({ 'math.ts': f(1) });
    await using watched = await Watched.open(project);
    project.write('math.ts', f(1));
    project.write('math.ts', `${f(1)} // a comment`);
    project.write('output.csv', 'written by a task');
    project.write('.math.ts.swp', '');
    project.write('math.test.ts', 'test');
    project.write('stats.ts', f(2));
    const { files } = await watched.nextBuilt();
    expect(files).toContain(path.relative(process.cwd(), project.file('stats.ts')));
    expect(path.basename((await watched.source.current()).directory)).toBe('gen-2');
  });

  it('announces a module whose lines have moved, as its stacks have', async () => {
    await using project = new Project({ 'math.ts': 'export const f = () => { throw new Error("x"); };' });
    await using watched = await Watched.open(project);
    project.write('math.ts', '// a comment\n\nexport const f = () => { throw new Error("x"); };');
    const { bundle } = await watched.nextBuilt();
    await expect(call(bundle.directory, 'math.f')).rejects.toThrow(`${project.file('math.ts')}:3:`);
  });

  it('believes that a module was emptied only after 100 ms', async () => {
    await using project = new Project({ 'math.ts': f(1), 'stats.ts': f(1) });
    await using watched = await Watched.open(project);
    const savedAt = performance.now();
    project.write('math.ts', '');
    await watched.nextBuilt();
    expect(performance.now() - savedAt).toBeGreaterThan(100);
    expect(await watched.tasks()).toEqual(['stats.f']);
  });

  it('follows settings and assets', async () => {
    await using project = new Project({
      'math.ts': `import { readFileSync } from 'node:fs';
        import { level } from '@lib/level';
        export const f = () => level + readFileSync(new URL('./price.txt', import.meta.url), 'utf8');`,
      'price.txt': '1',
      '/one/level.ts': `export const level = 'one';`,
      '/two/level.ts': `export const level = 'two';`,
      '/tsconfig.json': '{ "compilerOptions": { "paths": { "@lib/*": ["./one/*"] } } }',
    });
    await using watched = await Watched.open(project, { assets: ['*.txt'] });
    project.write('price.txt', '2');
    expect(await call((await watched.nextBuilt()).bundle.directory, 'math.f')).toBe('one2');
    project.write('/tsconfig.json', '{ "compilerOptions": { "paths": { "@lib/*": ["./two/*"] } } }');
    expect(await call((await watched.nextBuilt()).bundle.directory, 'math.f')).toBe('two2');
  });

  it('follows files of other kinds that modules import, and waits for missing ones', async () => {
    await using project = new Project({ 'math.ts': `import text from './note.txt'; export const f = () => text;` });
    await using watched = await Watched.open(project);
    for (const text of ['one', 'two']) {
      project.write('note.txt', text);
      expect(await call((await watched.nextBuilt()).bundle.directory, 'math.f')).toBe(text);
    }
  });

  it('removes the folder of a generation that nobody holds', async () => {
    await using project = new Project({ 'math.ts': f(1) });
    await using watched = await Watched.open(project);
    project.write('math.ts', f(2));
    const second = await watched.nextBuilt();
    project.write('math.ts', f(3));
    await watched.nextBuilt();
    expect(existsSync(second.bundle.directory)).toBe(true);
    await second.bundle[Symbol.asyncDispose]();
    expect(existsSync(second.bundle.directory)).toBe(false);
  });

  it('gives each listener a bundle of its own, and survives one that throws', async () => {
    await using project = new Project({ 'math.ts': f(1) });
    await using watched = await Watched.open(project);
    const warned = new Promise<Error>((resolve) => {
      process.once('warning', resolve);
    });
    using _thrower = watched.source.onChange(() => {
      throw new Error('of the listener');
    });
    const { promise, resolve } = Promise.withResolvers<CodeChange>();
    using _other = watched.source.onChange(resolve);
    project.write('math.ts', f(2));
    const [mine, theirs] = await Promise.all([watched.nextBuilt(), promise]);
    if (theirs.type === 'failed') throw theirs.error;
    await theirs.bundle[Symbol.asyncDispose]();
    expect(existsSync(mine.bundle.directory)).toBe(true);
    expect((await warned).message).toContain('of the listener');
  });
});
