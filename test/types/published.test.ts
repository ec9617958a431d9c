import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildDeclarations, compile, repository } from './compile.ts';
import type { Diagnostic } from './compile.ts';
import { expectations } from './expectations.ts';

// Declarations leave out what is private, and users have other settings: both have made a difference.
describe.each([
  ['nodenext', { strict: true, module: 'nodenext' }],
  ['a bundler', { strict: true, module: 'esnext', moduleResolution: 'bundler' }],
  ['a bundler, not strict', { strict: false, module: 'esnext', moduleResolution: 'bundler' }],
])('the declarations as they are published, for %s', (_, settings) => {
  let project: string;
  let diagnostics: readonly Diagnostic[];

  beforeAll(async () => {
    project = await realpath(await mkdtemp(path.join(tmpdir(), 'lambdapool-published-')));
    const installed = path.join(project, 'node_modules/lambdapool');
    await mkdir(installed, { recursive: true });
    for (const name of ['@types', '@aws-sdk', 'vitest']) {
      await symlink(repository(`node_modules/${name}`), path.join(project, 'node_modules', name));
    }
    await buildDeclarations(path.join(installed, 'dist'));
    await cp(repository('package.json'), path.join(installed, 'package.json'));
    await cp(repository('test/fixtures/types'), path.join(project, 'src'), { recursive: true });
    await writeFile(path.join(project, 'package.json'), '{ "type": "module" }');
    const lib = ['es2024', 'esnext.disposable'];
    const usual = { lib, types: ['node'], skipLibCheck: true, noEmit: true, allowImportingTsExtensions: true };
    const config = { compilerOptions: { target: 'es2022', ...usual, ...settings }, include: ['src'] };
    await writeFile(path.join(project, 'tsconfig.json'), JSON.stringify(config));
    diagnostics = await compile(path.join(project, 'tsconfig.json'));
  });

  afterAll(() => rm(project, { recursive: true, force: true, maxRetries: 5 }));

  test('accept right calls', () => {
    expect(diagnostics.filter(({ file }) => path.basename(file) !== 'broken-calls.ts')).toEqual([]);
  });

  test('refuse wrong ones, and nothing else', async () => {
    const refused = diagnostics.filter(({ file }) => path.basename(file) === 'broken-calls.ts').map(({ line }) => line);
    expect([...new Set(refused)]).toEqual((await expectations()).map(({ line }) => line));
  });
});
