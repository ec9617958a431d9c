import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LambdaPoolError } from '../../../src/shared/errors.ts';
import { Project } from './project.ts';

async function failure(files: Readonly<Record<string, string>>): Promise<{ error: LambdaPoolError; project: Project }> {
  await using project = new Project(files);
  const error = await project.bundle().then(
    () => undefined,
    (reason: LambdaPoolError) => reason,
  );
  if (error === undefined) throw new Error('The bundle was made.');
  return { error, project };
}

describe('a build that fails', () => {
  it('shows file, line, column and code frame of a syntax error', async () => {
    const { error, project } = await failure({ 'math.ts': `\nexport function f() {\n  return 1 +;\n}` });
    const file = path.relative(process.cwd(), project.file('math.ts'));
    expect(error.code).toBe('BUILD_FAILED');
    const [summary, ...frame] = error.message.split('\n');
    expect(summary).toBe(`The tasks do not build: ${file}:3:13: Unexpected ";"`);
    expect(frame.join('\n')).toContain(`${file}:3:13:`);
    expect(frame.join('\n')).toMatch(/3 │ {3}return 1 \+;\n\s+╵ {13}\^/);
    expect(error.message).not.toContain('\u001B');
    expect(error.details['errors']).toEqual([
      { text: 'Unexpected ";"', file: project.file('math.ts'), line: 3, column: 13 },
    ]);
  });

  it('names an import that leads nowhere, and the file that makes it', async () => {
    const { error } = await failure({ 'math.ts': `import { x } from './nowhere.ts';\nexport const f = () => x;` });
    expect(error.message.split('\n')[0]).toMatch(/tasks\/math\.ts:1:19: Could not resolve ".\/nowhere\.ts"$/);
  });

  it('names an export that is not there', async () => {
    const { error } = await failure({
      'math.ts': `import { y } from './_lib.js';\nexport const f = () => y;`,
      '_lib.js': 'export const x = 1;',
    });
    expect(error.message.split('\n')[0]).toContain('No matching export');
  });

  it('names a package that is not installed', async () => {
    const { error } = await failure({ 'math.ts': `import 'not-installed';\nexport const f = () => 1;` });
    expect(error.message.split('\n')[0]).toContain('Could not resolve "not-installed"');
    expect(error.message).toContain('external');
  });

  it('shows all errors, and counts them in the first line', async () => {
    const { error } = await failure({
      'a.ts': `export const f = ;`,
      'b.ts': `import './nowhere.ts'; export const f = () => 1;`,
      'c.ts': `export const g = (;`,
    });
    const lines = error.message.split('\n');
    expect(lines[0]).toMatch(/\(and 2 more\)$/);
    for (const file of ['a.ts', 'b.ts', 'c.ts']) expect(error.message).toContain(`tasks/${file}:1:`);
    expect(error.details['errors']).toHaveLength(3);
  });

  it('leaves the next build unharmed, however early it failed', async () => {
    // The agent is bundled beside the tasks: giving up must not leave its build behind, waiting for a stopped esbuild.
    const failures = Array.from({ length: 3 }, () => failure({ 'math.ts': 'export const f = ;' }));
    await Promise.all(failures);
    await using project = new Project({ 'math.ts': 'export const f = () => 1;' });
    expect((await project.bundle()).files).toContain('agent.mjs');
  });

  it('tells of warnings in the sources, not in packages, as notes', async () => {
    await using project = new Project({
      '/node_modules/odd/index.js': 'module.exports = { a: typeof 1 === "nmber" };',
      'math.ts': `import odd from 'odd';\nexport const f = (x: unknown) => odd && typeof x === 'nmber';`,
    });
    const { notes } = await project.bundle();
    expect(notes).toEqual([expect.stringMatching(/tasks\/math\.ts:2:\d+: The "typeof" operator will never evaluate/)]);
  });
});
