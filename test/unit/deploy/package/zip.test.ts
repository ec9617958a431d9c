import { execFile } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { describe, expect, it, onTestFinished } from 'vitest';
import { packageTasks } from '../../../../src/deploy/package/package-tasks.ts';
import { lambdaPlatform } from '../../../../src/deploy/package/target-platform.ts';
import { zipFolder } from '../../../../src/deploy/package/zip.ts';

function folder(files: Readonly<Record<string, string>> = {}): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'lambdapool-zip-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), text);
  }
  return directory;
}

/** Runs `python3` on a zip, whose module reads the whole directory of an archive and trusts nothing. */
async function listWithPython(zip: Uint8Array): Promise<unknown> {
  const file = path.join(folder(), 'code.zip');
  writeFileSync(file, zip);
  const program = `import json, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
print(json.dumps([[i.filename, i.create_system, oct(i.external_attr >> 16), i.date_time, archive.read(i).decode()] for i in archive.infolist()]))`;
  const { stdout } = await promisify(execFile)('python3', ['-c', program, file]);
  return JSON.parse(stdout);
}

describe('zipFolder', () => {
  const files = { 'b/Z.mjs': 'Z', 'b/a.mjs': 'a', 'é/ü.txt': 'ü', 'run.sh': '#!/bin/sh\n', empty: '' };

  it('keeps names, contents, modes and a fixed date, in the order of code units', async () => {
    const date = [1980, 1, 1, 12, 0, 0];
    expect(await listWithPython(await zipFolder(folder(files)))).toEqual([
      ['b/Z.mjs', 3, '0o100644', date, 'Z'],
      ['b/a.mjs', 3, '0o100644', date, 'a'],
      ['empty', 3, '0o100644', date, ''],
      ['run.sh', 3, '0o100755', date, '#!/bin/sh\n'],
      ['é/ü.txt', 3, '0o100644', date, 'ü'],
    ]);
  });

  it('gives equal bytes for equal files, whatever their dates and modes and the order of their writing', async () => {
    const one = folder(files);
    const other = folder(Object.fromEntries(Object.entries(files).toReversed()));
    chmodSync(path.join(other, 'b/a.mjs'), 0o777);
    chmodSync(path.join(other, 'run.sh'), 0o600);
    utimesSync(path.join(other, 'empty'), 1, 1);
    expect(Buffer.compare(await zipFolder(one), await zipFolder(other))).toBe(0);
  });

  it.each(['Pacific/Kiritimati', 'America/Los_Angeles', 'Asia/Kathmandu'])('knows no time zone: %s', async (zone) => {
    const directory = folder(files);
    const before = process.env['TZ'];
    const here = await zipFolder(directory);
    process.env['TZ'] = zone;
    try {
      expect(new Date(0).getTimezoneOffset()).not.toBe(0);
      expect(Buffer.compare(await zipFolder(directory), here)).toBe(0);
    } finally {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    }
  });

  it('follows links, as a function has no other place to find their targets', async () => {
    const directory = folder({ 'a.txt': 'a' });
    symlinkSync(folder({ 'in.txt': 'inside' }), path.join(directory, 'linked'));
    expect(Object.keys(unzipSync(await zipFolder(directory)))).toEqual(['a.txt', 'linked/in.txt']);
  });
});

const TASKS = path.resolve(import.meta.dirname, '../../../../fixtures/tasks');

describe('two packages of the same tasks', () => {
  async function zipOfCopy(depth: string): Promise<Uint8Array> {
    const project = path.join(folder(), depth, 'project');
    cpSync(TASKS, path.join(project, 'tasks'), { recursive: true });
    writeFileSync(path.join(project, 'package.json'), '{ "type": "module" }');
    const outDir = path.join(folder(), 'out');
    const { directory } = await packageTasks({
      tasksRoot: path.join(project, 'tasks'),
      outDir,
      platform: lambdaPlatform('arm64'),
    });
    return zipFolder(directory);
  }

  it('are the same to the last byte, source maps included, wherever they were made', async () => {
    const [one, other] = await Promise.all([zipOfCopy('.'), zipOfCopy('much/deeper')]);
    expect(Object.keys(unzipSync(one))).toContain('tasks/math.mjs.map');
    expect(Buffer.compare(one, other)).toBe(0);
    const text = Object.values(unzipSync(one)).map((file) => Buffer.from(file).toString());
    expect(text.join('\n')).not.toContain(tmpdir());
    expect(text.join('\n')).not.toContain(path.resolve(import.meta.dirname, '../../../..'));
  });

  it('name their sources as if the project lay where the function does', async () => {
    const files = unzipSync(await zipOfCopy('.'));
    const sources = (name: string): unknown => JSON.parse(Buffer.from(files[name] ?? []).toString()).sources;
    expect(sources('tasks/pipeline.clean.mjs.map')).toEqual(['pipeline/clean.ts']);
    expect(sources('agent.mjs.map')).toContain('lambdapool/agent/handler.ts');
  });
});
