import { once } from 'node:events';
import { existsSync, watch } from 'node:fs';
import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { writeTemplate, type WriteTemplateOptions } from '../../../../src/deploy/template/write-template.ts';
import { call, Project } from '../../bundle/project.ts';

const TASK = { 'math.ts': 'export const square = (n: number): number => n * n;' };

function options(project: Project, more: Partial<WriteTemplateOptions> = {}): WriteTemplateOptions {
  const { tasksRoot } = project;
  const outDir = project.path('sam');
  return { functionName: 'f', tasksRoot, settings: {}, outDir, force: false, alarms: false, ...more };
}

function read(project: Project, file = 'sam/template.yaml'): Promise<string> {
  return readFile(project.path(file), 'utf8');
}

describe('writeTemplate', () => {
  it('writes a template and the runnable bundle that its CodeUri names', async () => {
    await using project = new Project(TASK);
    const { templateFile, codeFolder } = await writeTemplate(options(project));
    const { Resources } = parse(await readFile(templateFile, 'utf8'), { logLevel: 'error' });
    const { CodeUri, Handler } = Resources.TasksFunction.Properties;
    expect(path.join(path.dirname(templateFile), CodeUri)).toBe(codeFolder);
    expect(Handler).toBe('index.handler');
    expect(await call(codeFolder, 'math.square', 3)).toBe(9);
    expect((await readdir(project.path('sam'))).sort()).toEqual(['bundle', 'template.yaml']);
  });

  it('writes the same again, and takes the place of what it wrote, whatever the line ends have become', async () => {
    await using project = new Project(TASK);
    await writeTemplate(options(project));
    const first = await read(project);
    await writeFile(project.path('sam/template.yaml'), first.replaceAll('\n', '\r\n'));
    project.write('math.ts', 'export const cube = (n: number): number => n ** 3;');
    const { codeFolder } = await writeTemplate(options(project));
    expect(await read(project)).toBe(first);
    expect(await call(codeFolder, 'math.cube', 3)).toBe(27);
  });

  it('leaves files of others in its folder alone', async () => {
    await using project = new Project({ ...TASK, '/sam/samconfig.toml': 'version = 0.1' });
    await writeTemplate(options(project));
    await writeTemplate(options(project));
    expect(await read(project, 'sam/samconfig.toml')).toBe('version = 0.1');
  });

  it.each<[string, Record<string, string>, string]>([
    ['was not written by lambdapool', { '/sam/template.yaml': 'Resources: {}\n' }, 'sam/template.yaml'],
    ['is there already, and no template of ours beside it', { '/sam/bundle/index.mjs': '' }, 'sam/bundle'],
    ['is not a folder that can be read', { '/sam': 'a file' }, 'sam'],
  ])('refuses what %s', async (fact, files, place) => {
    await using project = new Project({ ...TASK, ...files });
    await expect(writeTemplate(options(project))).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: `${project.path(place)} ${fact}. Name another folder with --out, or let it be overwritten with --force.`,
    });
  });

  it('refuses a template of its own that was edited, and overwrites it when forced', async () => {
    await using project = new Project(TASK);
    await writeTemplate(options(project));
    const text = await read(project);
    await writeFile(project.path('sam/template.yaml'), text.replace('1769', '1770'));
    await expect(writeTemplate(options(project))).rejects.toThrow('was edited since lambdapool wrote it');
    await writeTemplate(options(project, { force: true }));
    expect(await read(project)).toBe(text);
  });

  it.each<[string, Partial<WriteTemplateOptions>, string]>([
    ['a function name that Lambda refuses', { functionName: 'a b' }, 'functionName'],
    ['a setting that Lambda refuses', { settings: { memoryMb: 64 } }, 'memoryMb'],
    ['variables that are too large together', { settings: { env: { BIG: 'x'.repeat(4096) } } }, '4096'],
    ['a tasks root that is not there', { tasksRoot: '/nowhere' }, '/nowhere'],
  ])('says so for %s, and leaves what is there', async (_what, wrong, said) => {
    await using project = new Project(TASK);
    await writeTemplate(options(project));
    const before = await read(project);
    await expect(writeTemplate(options(project, wrong))).rejects.toThrow(said);
    expect(await read(project)).toBe(before);
    expect((await readdir(project.path('sam'))).sort()).toEqual(['bundle', 'template.yaml']);
  });

  it.each<[string, (project: Project) => Partial<WriteTemplateOptions>, string]>([
    ['is the tasks root', ({ tasksRoot }) => ({ outDir: tasksRoot }), 'is the tasks root'],
    ['lies in it', ({ tasksRoot }) => ({ outDir: path.join(tasksRoot, 'deep/sam') }), 'lies in the tasks root'],
    ['is it by another name', (project) => ({ outDir: project.path('link/sam') }), 'lies in the tasks root'],
  ])('refuses a folder that %s, and writes nothing', async (_what, wrong, fact) => {
    await using project = new Project(TASK);
    await symlink(project.tasksRoot, project.path('link'), 'junction');
    const given = options(project, wrong(project));
    await expect(writeTemplate(given)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: `${given.outDir} ${fact} ${project.tasksRoot}: tasks and their bundle need folders of their own. Name another folder with --out.`,
    });
    expect(await readdir(project.tasksRoot)).toEqual(['math.ts']);
  });

  it('writes beside the tasks root, but not where that is the folder of the bundle', async () => {
    await using project = new Project(TASK);
    const root = project.path('.');
    await writeTemplate(options(project, { outDir: root }));
    expect(existsSync(path.join(root, 'template.yaml'))).toBe(true);
    expect(await readdir(project.tasksRoot)).toEqual(['math.ts']);
    const other = path.join(root, 'bundle');
    await expect(
      writeTemplate(options(project, { outDir: root, tasksRoot: other, force: true })),
    ).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringMatching(/bundle would replace the tasks root .*bundle: tasks and their bundle need/),
    });
  });

  it.runIf(existsSync('/proc/self'))(
    'says that a folder cannot be made where the system lets nobody make one',
    async () => {
      await using project = new Project(TASK);
      await expect(writeTemplate(options(project, { outDir: '/proc/x/y' }))).rejects.toMatchObject({
        code: 'OPTION_INVALID',
        message: expect.stringMatching(
          /^The folder \/proc\/x\/y cannot be made \(ENOENT.*\)\. Name another folder with --out\.$/,
        ),
      });
    },
  );

  it('says what a task is where there is none, with what it found instead', async () => {
    await using project = new Project({ 'table.ts': 'export const table = [1];' });
    await expect(writeTemplate(options(project))).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      message: expect.stringMatching(
        /^The tasks root .* holds no tasks\. A task is an exported function, such as .*\n.*table\.ts exports no function/,
      ),
    });
    expect(existsSync(project.path('sam'))).toBe(false);
  });

  it.each([
    ['at its start', false],
    ['while it bundles', true],
  ])('stops when aborted %s, and leaves what is there', async (_when, isUnderWay) => {
    await using project = new Project(TASK);
    await writeTemplate(options(project));
    const before = await read(project);
    const controller = new AbortController();
    const watcher = watch(project.path('sam'));
    const reason = new Error('enough');
    const written = writeTemplate(options(project, { alarms: true, signal: controller.signal }));
    // The folder of the new bundle appears.
    if (isUnderWay) await once(watcher, 'change');
    watcher.close();
    controller.abort(reason);
    await expect(written).rejects.toBe(reason);
    expect(await read(project)).toBe(before);
    expect((await readdir(project.path('sam'))).sort()).toEqual(['bundle', 'template.yaml']);
  });

  it('leaves the old bundle when the new one does not build', async () => {
    await using project = new Project(TASK);
    const { codeFolder } = await writeTemplate(options(project));
    project.write('math.ts', 'export const = 1;');
    await expect(writeTemplate(options(project))).rejects.toMatchObject({ code: 'BUILD_FAILED' });
    expect(await call(codeFolder, 'math.square', 3)).toBe(9);
    expect((await readdir(project.path('sam'))).sort()).toEqual(['bundle', 'template.yaml']);
  });
});
