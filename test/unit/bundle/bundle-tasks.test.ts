import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { call, Project, runBundle } from './project.ts';

describe('a bundle in a process of its own', () => {
  it('runs tasks with args and kwds, their parameter names kept', async () => {
    await using project = new Project({
      'math.ts': `import { add } from './_lib/add.ts';
        export function power(base: number, exponent = 2): number { return add(0, base ** exponent); }`,
      '_lib/add.ts': 'export const add = (a: number, b: number): number => a + b;',
      'pipeline/price-list.ts': 'export const compute = async (...prices: number[]) => prices.length;',
    });
    const { directory, manifest } = await project.bundle();
    const answers = await runBundle(
      directory,
      { task: 'math.power', args: [3] },
      { task: 'math.power', kwds: { exponent: 3, base: 2 } },
      { task: 'pipeline.price-list.compute', args: [1, 2, 3] },
      { task: 'math.power', kwds: { bass: 1 } },
    );
    expect(answers.map(({ result }) => result)).toEqual([9, 8, 3, undefined]);
    expect(answers[3]?.error?.message).toContain('bass');
    expect(Object.keys(manifest.tasks)).toEqual(['math.power', 'pipeline.price-list.compute']);
  });

  it('loads only the module that a call names', async () => {
    await using project = new Project({
      'math.ts': `import './_shared.ts'; export function loaded() { return globalThis.loaded; }`,
      'heavy.ts': `import './_shared.ts'; globalThis.loaded.push('heavy'); export function f() {}`,
      '_shared.ts': `(globalThis.loaded ??= []).push('shared');`,
    });
    const { directory } = await project.bundle();
    expect(await call(directory, 'math.loaded')).toEqual(['shared']);
    const [, , after] = await runBundle(
      directory,
      { task: 'math.loaded' },
      { task: 'heavy.f' },
      { task: 'math.loaded' },
    );
    expect(after?.result).toEqual(['shared', 'heavy']);
  });

  it('gives a stack with the real source file and line, of a task and of its helper', async () => {
    await using project = new Project({
      'math.ts': `import { check } from './_check.ts';
import { outer } from '../shared/outer.ts';
interface Padding { readonly lines: string }

export function fail(n: number): number {
  return check<Padding>(n) + outer();
}`,
      '_check.ts': `type Nothing = never;\n\nexport function check<T>(n: number): number {\n  throw new RangeError('n is ' + n);\n}`,
      '/shared/outer.ts': 'export const outer = () => 1;',
      'other.ts': `export { check } from './_check.ts'`,
    });
    const { directory } = await project.bundle({ outDir: project.path('far/away/out') });
    const [answer] = await runBundle(directory, { task: 'math.fail', args: [3] });
    expect(answer?.error).toMatchObject({ name: 'RangeError', message: 'n is 3' });
    expect(answer?.error?.stack).toContain(`${project.file('_check.ts')}:4:`);
    expect(answer?.error?.stack).toContain(`${project.file('math.ts')}:6:`);
  });

  it('shares one agent between the handler and tasks that ask for their context', async () => {
    const agent = path.resolve(import.meta.dirname, '../../../agent/index.ts');
    await using project = new Project({
      'named.ts': `import { taskContext } from 'lambdapool/agent'; export const id = () => taskContext().requestId;`,
    });
    project.write(
      'direct.ts',
      `import { taskContext } from ${JSON.stringify(path.relative(project.tasksRoot, agent))}; export const id = () => taskContext().requestId;`,
    );
    const { directory } = await project.bundle();
    const answers = await runBundle(directory, { task: 'named.id' }, { task: 'direct.id' });
    expect(answers).toEqual([{ result: 'request-1' }, { result: 'request-1' }]);
    expect(readFileSync(path.join(directory, 'tasks/direct.mjs'), 'utf8')).toContain('"lambdapool/agent"');
  });

  it('understands JSON imports and top-level await', async () => {
    await using project = new Project({
      'data.ts': `import prices from './prices.json' with { type: 'json' };
        import { rate } from './prices.json';
        const loaded = await Promise.resolve(prices.list);
        export const total = () => loaded.reduce((sum: number, each: number) => sum + each, 0) * rate;`,
      'prices.json': '{ "list": [1, 2, 3], "rate": 2 }',
    });
    const { directory } = await project.bundle();
    expect(await call(directory, 'data.total')).toBe(12);
  });

  it('runs CommonJS packages, with require, __filename and __dirname', async () => {
    await using project = new Project({
      '/node_modules/legacy/package.json': '{ "name": "legacy", "main": "main.js" }',
      '/node_modules/legacy/main.js': `const fs = require('node:fs'); const { join } = require('path');
        exports.here = () => fs.existsSync(__filename) && fs.existsSync(join(__dirname, 'legacy-user.mjs'));
        exports.dynamic = (name) => require(name).sep.length;
        exports.resolved = typeof require.resolve; exports.part = require('./part');`,
      '/node_modules/legacy/part.js': 'module.exports = function part() { return 3; };',
      'legacy-user.ts': `import legacy, { part } from 'legacy';
        export const use = () => [legacy.here(), legacy.dynamic('node:path'), legacy.resolved, part()];`,
    });
    const { directory } = await project.bundle();
    expect(await call(directory, 'legacy-user.use')).toEqual([true, 1, 'function', 3]);
  });

  it('leaves modules that make their own require and __dirname alone, also beside CommonJS packages', async () => {
    await using project = new Project({
      '/node_modules/legacy/index.js': `exports.sep = require('path').sep; exports.dir = typeof __dirname;`,
      'own.ts': `import { createRequire } from 'node:module';
        import { dirname } from 'node:path';
        import { fileURLToPath } from 'node:url';
        import legacy from 'legacy';
        const require = createRequire(import.meta.url);
        const __filename = fileURLToPath(import.meta.url);
        const __dirname = dirname(__filename);
        export const use = () => [require('os').EOL.length, __dirname.length > 0, legacy.sep.length, legacy.dir];`,
    });
    const { directory } = await project.bundle();
    expect(await call(directory, 'own.use')).toEqual([1, true, 1, 'string']);
  });

  it('bundles @aws-sdk packages, which only the image of AWS has', async () => {
    await using project = new Project({
      '/node_modules/@aws-sdk/client-x/package.json': '{ "name": "@aws-sdk/client-x", "main": "index.js" }',
      '/node_modules/@aws-sdk/client-x/index.js': 'exports.region = "here";',
      'cloud.ts': `import { region } from '@aws-sdk/client-x'; export const where = () => region;`,
    });
    const { directory } = await project.bundle();
    project.remove('/node_modules');
    expect(await call(directory, 'cloud.where')).toBe('here');
  });

  it('needs nothing but the folder, and a module named like our own files', async () => {
    await using project = new Project({
      'index.ts': 'export const f = () => "index";',
      'agent.ts': 'export const f = () => "agent";',
      'package.ts': 'export const f = () => "package";',
      'constructor.ts': 'export const constructor = () => "constructor";',
      'with space %20#.ts': 'export const f = () => "odd";',
    });
    const { directory, files } = await project.bundle();
    expect(readdirSync(directory, { recursive: true }).filter((name) => String(name).includes('.')).length).toBe(
      files.length,
    );
    expect(await call(directory, 'index.f')).toBe('index');
    expect(await call(directory, 'agent.f')).toBe('agent');
    expect(await call(directory, 'package.f')).toBe('package');
    expect(await call(directory, 'constructor.constructor')).toBe('constructor');
    expect(await call(directory, 'with space %20#.f')).toBe('odd');
  });
});

describe('options', () => {
  it('refuses a folder that is not empty', async () => {
    await using project = new Project({ 'math.ts': 'export const f = () => 1;' });
    await expect(project.bundle({ outDir: project.tasksRoot })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining(`${project.tasksRoot} for the bundle is not empty`),
    });
  });

  it('takes file URLs', async () => {
    await using project = new Project({ 'math.ts': 'export const f = () => 1;' });
    const { directory } = await project.bundle({
      tasksRoot: pathToFileURL(project.tasksRoot),
      outDir: pathToFileURL(project.path('out')),
    });
    expect(directory).toBe(project.path('out'));
  });

  it('leaves `external` packages out', async () => {
    await using project = new Project({
      '/node_modules/big/package.json': '{ "name": "big", "type": "module", "exports": { ".": "./index.js" } }',
      '/node_modules/big/index.js': 'export const size = 3;',
      'math.ts': `import { size } from 'big'; export const f = () => size;`,
    });
    const { directory } = await project.bundle({ external: ['big'] });
    project.write('/node_modules/big/index.js', 'export const size = 4;');
    expect(await call(directory, 'math.f')).toBe(4);
  });

  it('copies assets beside their module, which finds them by import.meta', async () => {
    const read = `readFileSync(new URL('./prices.csv', import.meta.url), 'utf8')`;
    await using project = new Project({
      'a/shop.ts': `import { readFileSync } from 'node:fs';
        export const url = () => ${read};
        export const dirname = () => readFileSync(import.meta.dirname + '/prices.csv', 'utf8');
        export const filename = () => import.meta.filename.endsWith('shop.ts');`,
      'a/prices.csv': 'of a',
      'a/_hidden.csv': 'hidden',
      'b/other.ts': `import { url } from '../a/shop.ts'; export const f = () => url();`,
      'prices.csv': 'of the root',
      'root.ts': `import { readFileSync } from 'node:fs'; export const f = () => ${read};
        export const dirname = () => readFileSync(import.meta.dirname + '/prices.csv', 'utf8');`,
    });
    const { directory, files } = await project.bundle({ assets: ['**/*.csv'] });
    expect(files.filter((file) => file.endsWith('.csv'))).toEqual(['tasks/a/prices.csv', 'tasks/prices.csv']);
    const tasks = ['a.shop.url', 'a.shop.dirname', 'a.shop.filename', 'b.other.f', 'root.f', 'root.dirname'];
    const answers = await runBundle(directory, ...tasks.map((task) => ({ task })));
    expect(answers.map(({ result }) => result)).toEqual(['of a', 'of a', true, 'of a', 'of the root', 'of the root']);
  });
});
