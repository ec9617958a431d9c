import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/load-config.ts';

interface Folder extends AsyncDisposable {
  readonly directory: string;
  path(name: string): string;
}

async function folder(files: Readonly<Record<string, string>>): Promise<Folder> {
  const directory = await mkdtemp(join(tmpdir(), 'lambdapool-config-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  }
  return {
    directory,
    path: (name) => join(directory, name),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

const PACKAGE = '{ "type": "module" }';

async function messageOf(files: Readonly<Record<string, string>>): Promise<string> {
  await using project = await folder({ 'package.json': PACKAGE, ...files });
  const error: unknown = await loadConfig(project.directory).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'OPTION_INVALID' });
  return error instanceof Error ? error.message.replaceAll(`${project.directory}/`, '') : '';
}

describe('loadConfig() finds', () => {
  test('nothing where there is no configuration', async () => {
    await using project = await folder({ 'package.json': PACKAGE });
    expect(await loadConfig(project.directory)).toEqual({ values: {}, file: undefined, origins: {} });
  });

  test.runIf(process.platform !== 'win32')('nothing in a folder that all users share, such as /tmp', async () => {
    const evil = { 'package.json': PACKAGE, 'lambdapool.config.js': 'throw new Error("ran")' };
    await using shared = await folder({ ...evil, 'mine/deeper/file.txt': '' });
    await chmod(shared.directory, 0o1777);
    expect(await loadConfig(shared.path('mine/deeper'))).toMatchObject({ file: undefined });
    // Whoever is there himself means it.
    await expect(loadConfig(shared.directory)).rejects.toThrow('ran');
    await chmod(shared.directory, 0o777);
    await expect(loadConfig(shared.path('mine/deeper'))).rejects.toThrow('ran');
  });

  test('the key in a package.json with a byte order mark, which names lambdapool elsewhere, too', async () => {
    const text = '\uFEFF{ "dependencies": { "lambdapool": "*" }, "lambdapool": { "memoryMb": 640 } }';
    await using project = await folder({ 'package.json': text });
    expect((await loadConfig(project.directory)).values).toEqual({ memoryMb: 640 });
  });

  test.each(['ts', 'mts', 'js', 'mjs'])('lambdapool.config.%s, with the line of each value', async (ending) => {
    const text = `export default {\n  // memoryMb: 1\n  memoryMb: 512,\n  env: { timeoutMs: 'no' },\n};\n`;
    await using project = await folder({ 'package.json': PACKAGE, [`lambdapool.config.${ending}`]: text });
    const file = project.path(`lambdapool.config.${ending}`);
    expect(await loadConfig(project.directory)).toEqual({
      values: { memoryMb: 512, env: { timeoutMs: 'no' } },
      file,
      origins: { memoryMb: { file, line: 3 }, env: { file, line: 4 } },
    });
  });

  test('one without types and imports of ours, in a package of CommonJS modules', async () => {
    await using project = await folder({
      'package.json': '{}',
      'lambdapool.config.js': 'module.exports = { memoryMb: 256 };',
    });
    expect((await loadConfig(project.directory)).values).toEqual({ memoryMb: 256 });
  });

  test('the key `lambdapool` in package.json', async () => {
    const text = '{\n  "memoryMb": 1,\n  "lambdapool": {\n    "memoryMb": 640\n  }\n}';
    await using project = await folder({ 'package.json': text });
    const file = project.path('package.json');
    expect(await loadConfig(project.directory)).toEqual({
      values: { memoryMb: 640 },
      file,
      origins: { memoryMb: { file, line: 4 } },
    });
  });

  test('the nearest one upwards, and takes its paths as seen from its folder', async () => {
    await using project = await folder({
      'package.json': PACKAGE,
      'lambdapool.config.ts': `export default { tasksRoot: './src/tasks' };`,
      'a/b/x.txt': '',
    });
    const { values } = await loadConfig(project.path('a/b'));
    expect(values).toEqual({ tasksRoot: project.path('src/tasks') });
  });

  test('a tasks root that is a URL', async () => {
    await using project = await folder({
      'package.json': PACKAGE,
      'lambdapool.config.ts': `export default { tasksRoot: new URL('./here', import.meta.url) };`,
    });
    expect((await loadConfig(project.directory)).values).toEqual({ tasksRoot: project.path('here') });
  });

  test('none above the root of the project', async () => {
    await using project = await folder({
      'lambdapool.config.ts': 'export default { memoryMb: 128 };',
      'inner/package.json': PACKAGE,
    });
    expect((await loadConfig(project.path('inner'))).values).toEqual({});
  });

  test('none in the folders above one that belongs to no project', async () => {
    await using project = await folder({ 'lambdapool.config.ts': 'export default { memoryMb: 128 };', 'inner/x': '' });
    expect((await loadConfig(project.path('inner'))).values).toEqual({});
    expect((await loadConfig(project.directory)).values).toEqual({ memoryMb: 128 });
  });
});

describe('loadConfig() refuses, in one sentence with the place,', () => {
  test.each([
    [
      'an unknown key',
      '{\n  memroyMb: 5 }',
      'lambdapool.config.ts:2: the configuration has no key `memroyMb`. Did you mean `memoryMb`?',
    ],
    [
      'the name that a key has elsewhere',
      '{ memorySize: 5 }',
      'lambdapool.config.ts:1: the configuration has no key `memorySize`. Did you mean `memoryMb`?',
    ],
    [
      'a key like none',
      '{ quux: 5 }',
      /^lambdapool\.config\.ts:1: the configuration has no key `quux`\. It knows `functionName`, .*`profile`\.$/,
    ],
    ['a key of the prototype', '{ ["constructor"]: 5 }', /has no key `constructor`/],
    [
      'text for a number',
      '{ memoryMb: "512" }',
      'lambdapool.config.ts:1: Expected the option `memoryMb` to be an integer from 128 to 10240, got "512" (string).',
    ],
    ['a number out of range', '{ memoryMb: 64 }', /an integer from 128 to 10240, got 64 \(number\)\.$/],
    [
      'seconds for milliseconds',
      '{ timeoutMs: 60 }',
      'lambdapool.config.ts:1: `timeoutMs` counts milliseconds, of which 60 are too few. Did you mean 60_000?',
    ],
    ['parts of seconds', '{ timeoutMs: 1500 }', /whole seconds in milliseconds, such as 60000, got 1500/],
    ['text for a list', '{ layers: "arn" }', /`layers` to be an array of non-empty strings, got "arn"/],
    ['a number in the environment', '{ env: { N: 1 } }', /`env\.N` to be a string, got a number\.$/],
    [
      'an unknown architecture',
      '{ architecture: "x64" }',
      "lambdapool.config.ts:1: Expected the option `architecture` to be 'x86_64' or 'arm64', got \"x64\" (string).",
    ],
    ['a function name with spaces', '{ functionName: "a b" }', /`functionName` to be a name of 1 to 64 letters/],
    [
      'a tasks root elsewhere',
      '{ tasksRoot: new URL("https://x.example") }',
      /`tasksRoot` to be a path or a file: URL/,
    ],
  ])('%s', async (_, value, message) => {
    const text = await messageOf({ 'lambdapool.config.ts': `export default ${value};` });
    if (typeof message === 'string') expect(text).toBe(message);
    else expect(text).toMatch(message);
    expect(text).not.toContain('\n');
  });

  test('a default export that is no object', async () => {
    expect(await messageOf({ 'lambdapool.config.mjs': 'export default () => ({});' })).toBe(
      'Expected the default export of lambdapool.config.mjs to be an object, got a function. Write `export default { memoryMb: 1769 }`.',
    );
  });

  test('a missing default export', async () => {
    expect(await messageOf({ 'lambdapool.config.mjs': 'export const config = {};' })).toBe(
      'lambdapool.config.mjs has no default export. Write `export default { memoryMb: 1769 }`.',
    );
  });

  test('two in one folder', async () => {
    const files = { 'lambdapool.config.ts': '', 'package.json': '{ "lambdapool": {} }' };
    expect(await messageOf(files)).toBe(
      'There are two configurations: lambdapool.config.ts and the key "lambdapool" in package.json. Keep one of them.',
    );
  });

  test('a package.json that is no JSON', async () => {
    expect(await messageOf({ 'package.json': '{ "lambdapool": ' })).toMatch(/^package\.json is not JSON \(.+\)\.$/);
  });

  test('a wrong value in package.json', async () => {
    expect(await messageOf({ 'package.json': '{\n"lambdapool": []}' })).toBe(
      'package.json: expected the configuration to be an object such as { "memoryMb": 1769 }, got an array of 0.',
    );
    expect(await messageOf({ 'package.json': '{\n"lambdapool": {\n"timeout": 1}}' })).toBe(
      'package.json:3: the configuration has no key `timeout`. Did you mean `timeoutMs`?',
    );
  });
});
