import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { unzipInto } from '../../../../emulator/control/package/unzip.ts';
import { ServiceError } from '../../../../emulator/service-error.ts';
import { zip, zip64Of, zipOf, type ZipFile } from '../../../support/zip.ts';

const GARBAGE = 'Could not unzip uploaded file. Please check your file, then try to upload again.';

interface Unpacked extends AsyncDisposable {
  readonly directory: string;
  /** Contents by path, with slashes; of a folder, undefined. */
  texts(): Promise<Record<string, string | undefined>>;
}

async function unpack(bytes: Uint8Array): Promise<Unpacked> {
  const parent = await mkdtemp(join(tmpdir(), 'lambdapool-unzip-'));
  const remove = (): Promise<void> => rm(parent, { recursive: true, force: true });
  const directory = join(parent, 'code');
  try {
    await unzipInto(directory, bytes);
  } catch (error) {
    await remove();
    throw error;
  }
  return { directory, texts: () => textsBelow(directory), [Symbol.asyncDispose]: remove };
}

async function textsBelow(directory: string): Promise<Record<string, string | undefined>> {
  const found = await readdir(directory, { recursive: true, withFileTypes: true });
  const texts = found.map(async (each): Promise<[string, string | undefined]> => {
    const file = join(each.parentPath, each.name);
    const path = file.slice(directory.length + 1).replaceAll('\\', '/');
    return [path, each.isFile() ? await readFile(file, 'utf8') : undefined];
  });
  return Object.fromEntries(await Promise.all(texts));
}

async function refusal(bytes: Uint8Array): Promise<ServiceError> {
  try {
    await using _unpacked = await unpack(bytes);
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
  throw new Error('It was accepted.');
}

describe('a package', () => {
  test('is read as it was packed: folders, empty files, stored and deflated ones', async () => {
    const bytes = zip([
      { name: 'lib/' },
      { name: 'bare/folder/' },
      { name: 'lib/a.mjs', contents: 'export {}' },
      { name: 'empty.txt' },
      { name: 'stored.txt', contents: 'as it is', method: 0 },
      { name: 'größe.txt', contents: 'ü' },
      { name: '.hidden/..name', contents: 'dots are no harm' },
    ]);
    await using unpacked = await unpack(bytes);
    expect(await unpacked.texts()).toEqual({
      lib: undefined,
      'bare/folder': undefined,
      bare: undefined,
      '.hidden': undefined,
      'lib/a.mjs': 'export {}',
      'empty.txt': '',
      'stored.txt': 'as it is',
      'größe.txt': 'ü',
      '.hidden/..name': 'dots are no harm',
    });
  });

  test('of another maker is read, too', async () => {
    const text = 'x'.repeat(10_000);
    await using unpacked = await unpack(zipSync({ 'a/b.txt': strToU8(text), 'c.txt': [strToU8('c'), { level: 0 }] }));
    expect(await unpacked.texts()).toEqual({
      a: undefined,
      'a/b.txt': text,
      'c.txt': 'c',
    });
  });

  test('in the format for large zips is read, too', async () => {
    await using unpacked = await unpack(zip64Of(zipOf({ 'a.txt': 'a' }), 1));
    expect(await unpacked.texts()).toEqual({ 'a.txt': 'a' });
  });

  test.runIf(process.platform !== 'win32')('keeps what is executable, and nothing else of modes', async () => {
    await using unpacked = await unpack(
      zip([
        { name: 'run', mode: 0o104777 },
        { name: 'read', mode: 0o100444 },
      ]),
    );
    const modes = ['run', 'read'].map(async (name) => (await stat(join(unpacked.directory, name))).mode & 0o7722);
    expect(await Promise.all(modes)).toEqual([0o700, 0o600]);
  });
});

describe('a package is refused', () => {
  test.each([
    ['nothing', ''],
    ['a text', 'this is no zip, but long enough to be one'],
    ['a start alone', 'PK\u0003\u0004'],
  ])('in the words of AWS where it is %s', async (_, text) => {
    expect(await refusal(Buffer.from(text))).toMatchObject({
      name: 'InvalidParameterValueException',
      status: 400,
      message: GARBAGE,
    });
  });

  test('without entries', async () => {
    expect((await refusal(zip([]))).message).toBe('Uploaded file must be a non-empty zip');
  });

  test.each([
    '../evil.txt',
    'a/../../evil.txt',
    '..',
    '/etc/evil.txt',
    'C:/evil.txt',
    'c:evil.txt',
    '..\\evil.txt',
    'a\\..\\..\\evil.txt',
    '\\\\server\\share',
    'a//b',
    './a',
    'a/./b',
    '',
    'a\0.txt',
    'a\nb',
    'x'.repeat(256),
    `${'abc/'.repeat(300)}x`,
    '../folder/',
    '/',
  ])('where a name is %j', async (name) => {
    const { message } = await refusal(zip([{ name: 'fine.txt' }, { name, contents: 'evil' }]));
    expect(message).toContain(`${GARBAGE} The name "`);
  });

  const evil: readonly [string, ZipFile[], string][] = [
    ['a symbolic link', [{ name: 'link', contents: '/etc/passwd', mode: 0o120777 }], 'is a link or a device'],
    ['a device', [{ name: 'null', mode: 0o020666 }], 'is a link or a device'],
    ['a link that is called a folder', [{ name: 'link/', contents: '/etc', mode: 0o120777 }], 'is a link or a device'],
    ['the same name twice', [{ name: 'a' }, { name: 'a' }], 'two entries of the name "a"'],
    ['a file below a file', [{ name: 'a' }, { name: 'a/b' }], 'a file and a folder'],
    ['a folder that is a file', [{ name: 'a' }, { name: 'a/b/' }], 'a file and a folder'],
    ['more bytes than announced', [{ name: 'a', contents: 'x'.repeat(100), claimedBytes: 10 }], 'is damaged'],
    ['fewer bytes than announced', [{ name: 'a', contents: 'x', claimedBytes: 10 }], 'is damaged'],
    ['a wrong checksum', [{ name: 'a', contents: 'x', claimedCrc32: 1 }], 'is damaged'],
    [
      'a bomb that hides its size',
      [{ name: 'a', contents: new Uint8Array(50_000_000), claimedBytes: 3 }],
      'is damaged',
    ],
    ['a stored entry of another size', [{ name: 'a', contents: 'x', method: 0, claimedBytes: 2 }], ''],
    ['an encrypted entry', [{ name: 'a', flags: 1 }], 'The entry "a" is encrypted, or not deflated.'],
    ['a strongly encrypted entry', [{ name: 'a', flags: 0x41 }], ''],
    ['an unknown way of packing', [{ name: 'a', method: 14 }], 'The entry "a" is encrypted, or not deflated.'],
    ['a name that is no text', [{ name: new Uint8Array([0xff, 0xfe]) }], 'not UTF-8'],
    ['a mode of macOS that is a link', [{ name: 'link', mode: 0o120777, maker: 19 }], 'is a link or a device'],
  ];
  test.each(evil)('with %s', async (_, files, reason) => {
    const { message } = await refusal(zip(files));
    expect(message).toContain(GARBAGE);
    expect(message).toContain(reason);
  });

  test('that would take more than 250 MB, before anything is unpacked', async () => {
    const half = { contents: 'x', claimedBytes: 131_072_001 };
    const { message } = await refusal(
      zip([
        { name: 'a', ...half },
        { name: 'b', ...half },
      ]),
    );
    expect(message).toBe('Unzipped size must be smaller than 262144000 bytes');
  });

  test('whose entries share their bytes, where what comes of these is more than 250 MB', async () => {
    const first = { name: 'a', contents: new Uint8Array(1_000_000) };
    const others = Array.from({ length: 262 }, (_, index) => ({ name: `b${index}`, sharedWith: 0 }));
    const bomb = zip([first, ...others.map((each) => ({ ...each, claimedBytes: 1_000_000 }))]);
    expect(bomb.length).toBeLessThan(30_000);
    expect((await refusal(bomb)).message).toBe('Unzipped size must be smaller than 262144000 bytes');
    // The same with small sizes: each is unpacked up to what it claims.
    const hidden = zip([first, ...others].map((each) => ({ ...each, claimedBytes: 1 })));
    expect((await refusal(hidden)).message).toContain('The entry "a" is damaged.');
  });

  test('with more entries than it takes, before they are read', async () => {
    const { message } = await refusal(zip64Of(zipOf({ a: 'a' }), 4_000_000_000));
    expect(message).toBe(`${GARBAGE} It has 4000000000 entries; this emulator takes 65535.`);
  });

  test('whose names stand for more folders than it takes, before anything is unpacked', async () => {
    const below = '/a'.repeat(200);
    const { message } = await refusal(zip(Array.from({ length: 400 }, (_, index) => ({ name: `${index}${below}` }))));
    expect(message).toContain('It has more than 65535 folders');
  });

  test('where a file of the name is there: names that differ in case are one on many systems', async () => {
    await using unpacked = await unpack(zipOf({ fine: '' }));
    await writeFile(join(unpacked.directory, 'a'), 'first');
    await expect(unzipInto(unpacked.directory, zipOf({ a: 'second' }))).rejects.toThrow(
      `${GARBAGE} Two of its names differ in case only, which is one name here.`,
    );
    await symlink(join(unpacked.directory, 'outside'), join(unpacked.directory, 'b'), 'file');
    await expect(unzipInto(unpacked.directory, zipOf({ b: 'through the link' }))).rejects.toThrow(GARBAGE);
    expect(await readFile(join(unpacked.directory, 'a'), 'utf8')).toBe('first');
    expect(await readdir(unpacked.directory)).not.toContain('outside');
  });

  test('whatever its bytes are, never with another error, and nothing is written elsewhere', async () => {
    await using scratch = await unpack(zipOf({ a: '' }));
    const good = Buffer.from(zipOf({ '.../a.txt': 'hello', 'b/c.txt': 'world' }));
    let count = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.oneof(fc.constant(good.length), fc.nat(good.length)),
        async (changes, end) => {
          const bytes = Buffer.from(good);
          for (const [at, byte] of changes) bytes[at] = byte;
          count += 1;
          const unzipping = unzipInto(join(scratch.directory, `run${count}`, 'code'), bytes.subarray(0, end));
          const error = await unzipping.catch((thrown: unknown) => thrown);
          if (error !== undefined) expect(error).toBeInstanceOf(ServiceError);
        },
      ),
      { numRuns: 2000 },
    );
    const found = await readdir(scratch.directory, { recursive: true });
    expect(found.filter((path) => !/^(a|run\d+([/\\]code([/\\].*)?)?)$/.test(path))).toEqual([]);
  });
});
