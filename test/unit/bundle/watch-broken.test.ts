import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { descendants, isAlive } from '../../support/processes.ts';
import { call, Project } from './project.ts';
import { f, Watched } from './watched.ts';

const SOURCE = path.resolve(import.meta.dirname, '../../../src/bundle/tasks-source.ts');

/** Nothing shall come: this is how long a wrong announcement would have. Too short, it hides a fault; it makes none. */
function timeToTell(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 150);
  });
}

/** Runs a module in a process of its own, which must end by itself, and answers with what it printed. */
function run(script: string): string {
  const args = ['--input-type=module', '--eval', script];
  return execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 5000 }).trim();
}

describe('a broken build', () => {
  it('is told once for each error, keeps the old bundle, and its repair is told even if the code is the old one', async () => {
    await using project = new Project({ 'math.ts': f(1) });
    await using watched = await Watched.open(project);
    await using before = await watched.source.current();
    project.write('math.ts', 'export const f = ;');
    expect((await watched.nextFailed()).message).toContain('math.ts:1:18: Unexpected ";"');
    project.replace('math.ts', 'export const f = ;');
    project.write('other.ts', f(1));
    await timeToTell();
    expect(watched.changes).toEqual([]);
    project.remove('other.ts');
    await using during = await watched.source.current();
    expect(during.hash).toBe(before.hash);
    project.write('math.ts', 'export const g = (;');
    expect((await watched.nextFailed()).message).toContain('math.ts:1:19: Unexpected ";"');
    project.write('math.ts', f(1));
    const { bundle } = await watched.nextBuilt();
    expect(bundle).toMatchObject({ hash: before.hash, directory: before.directory });
  });

  it('is mended by a new file for a missing import, inside the root, outside it, and in a new folder', async () => {
    await using project = new Project({ 'math.ts': f(1) });
    await using watched = await Watched.open(project);
    const imports = ['./_new.ts', '../lib/new.js', '../none/yet/new'];
    const files = ['_new.ts', '/lib/new.ts', '/none/yet/new.ts'];
    mkdirSync(project.path('lib'));
    for (const [index, specifier] of imports.entries()) {
      project.write('math.ts', `import { x } from '${specifier}'; export const f = () => x;`);
      expect((await watched.nextFailed()).message).toContain(`Could not resolve "${specifier}"`);
      project.write(files[index]!, `export const x = ${index};`);
      const { bundle } = await watched.nextBuilt();
      expect(await call(bundle.directory, 'math.f')).toBe(index);
    }
  });

  it('at the very first leaves the watcher on: the repair is told, also of a helper outside the root', async () => {
    await using project = new Project({
      'math.ts': `import { x } from '../lib/x.ts'; export const f = () => x;`,
      '/lib/x.ts': 'export const x = ;',
    });
    await using watched = await Watched.open(project);
    expect(watched.changes).toEqual([]);
    project.write('/lib/x.ts', `import './gone.ts'; export const x = 4;`);
    expect((await watched.nextFailed()).message).toContain('lib/x.ts:1:8: Could not resolve "./gone.ts"');
    project.write('/lib/x.ts', 'export const x = 5;');
    const { bundle } = await watched.nextBuilt();
    expect(await call(bundle.directory, 'math.f')).toBe(5);
  });

  it('comes of two modules of one name, an emptied root and a root that is gone; all can be mended', async () => {
    await using project = new Project({ 'math.ts': f(1) });
    await using watched = await Watched.open(project);
    project.write('math.js', f(2));
    expect((await watched.nextFailed()).message).toContain('math.js and math.ts');
    project.remove('math.js');
    await watched.nextBuilt();
    project.remove('math.ts');
    expect(await watched.nextFailed()).toMatchObject({ code: 'BUILD_FAILED' });
    project.write('math.ts', f(3));
    await watched.nextBuilt();
    project.remove('/tasks');
    expect(await watched.nextFailed()).toMatchObject({ code: 'BUILD_FAILED' });
    project.write('math.ts', f(4));
    for (let change = await watched.next(); change.type === 'failed'; change = await watched.next());
    expect(await watched.tasks()).toEqual(['math.f']);
  });
});

describe('when the child of esbuild dies', () => {
  it('the next build starts another', async () => {
    await using project = new Project({ 'math.ts': f(1) });
    const before = descendants(process.pid);
    await using watched = await Watched.open(project);
    const children = descendants(process.pid).filter((pid) => !before.includes(pid));
    expect(children).toHaveLength(1);
    for (const pid of children) process.kill(pid, 'SIGKILL');
    await expect.poll(() => children.filter(isAlive)).toEqual([]);
    project.write('math.ts', f(2));
    const { bundle } = await watched.nextBuilt();
    expect(await call(bundle.directory, 'math.f')).toBe(2);
  });
});

describe('a process that forgets to close a watched source', () => {
  it('ends by itself, and its folder goes with the next start', async () => {
    await using project = new Project({ 'math.ts': f(1) });
    const script = `
      import { tasksSource } from ${JSON.stringify(SOURCE)};
      const source = tasksSource({ tasksRoot: ${JSON.stringify(project.tasksRoot)}, watch: true });
      console.log((await source.current()).directory);`;
    const left = run(script);
    expect(existsSync(left)).toBe(true);
    await using watched = await Watched.open(project);
    expect(await watched.tasks()).toEqual(['math.f']);
    expect(existsSync(left)).toBe(false);
  });

  it('but one that closes it is not ended before all is cleared away', async () => {
    await using project = new Project({ 'math.ts': f(1) });
    const script = `
      import { tasksSource } from ${JSON.stringify(SOURCE)};
      const source = tasksSource({ tasksRoot: ${JSON.stringify(project.tasksRoot)}, watch: true });
      const bundle = await source.current();
      await bundle[Symbol.asyncDispose]();
      await source[Symbol.asyncDispose]();
      console.log('closed');`;
    expect(run(script)).toBe('closed');
    expect(readdirSync(project.path('.lambdapool'))).toEqual(['.gitignore']);
  });

  it('nor is one that only bundles once', async () => {
    await using project = new Project({ 'math.ts': f(1) });
    const script = `
      import { bundleTasks } from ${JSON.stringify(path.join(path.dirname(SOURCE), 'bundle-tasks.ts'))};
      const options = { tasksRoot: ${JSON.stringify(project.tasksRoot)}, outDir: ${JSON.stringify(project.path('out'))} };
      console.log(Object.keys((await bundleTasks(options)).manifest.tasks).join());`;
    expect(run(script)).toBe('math.f');
  });
});
