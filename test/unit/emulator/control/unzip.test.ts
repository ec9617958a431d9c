import * as fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { openPackage } from '../../../../emulator/control/package/unzip.ts';
import { ServiceError } from '../../../../emulator/service-error.ts';
import { zip, zipOf, type ZipFile } from '../../../support/zip.ts';

const GARBAGE = 'Could not unzip uploaded file. Please check your file, then try to upload again.';

/** Reads everything, as the store does. */
async function unpack(bytes: Uint8Array): Promise<Record<string, string>> {
  const { files } = openPackage(bytes);
  const texts: Record<string, string> = {};
  for (const { path, read } of files) texts[path] = (await read()).toString('utf8');
  return texts;
}

async function refusal(bytes: Uint8Array): Promise<ServiceError> {
  try {
    await unpack(bytes);
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
      { name: 'lib/a.mjs', contents: 'export {}' },
      { name: 'empty.txt' },
      { name: 'stored.txt', contents: 'as it is', method: 0 },
      { name: 'größe.txt', contents: 'ü' },
      { name: '.hidden/..name', contents: 'dots are no harm' },
    ]);
    expect(openPackage(bytes).directories).toEqual(['lib']);
    expect(await unpack(bytes)).toEqual({
      'lib/a.mjs': 'export {}',
      'empty.txt': '',
      'stored.txt': 'as it is',
      'größe.txt': 'ü',
      '.hidden/..name': 'dots are no harm',
    });
  });

  test('of another maker is read, too', async () => {
    const text = 'x'.repeat(10_000);
    expect(await unpack(zipSync({ 'a/b.txt': strToU8(text), 'c.txt': [strToU8('c'), { level: 0 }] }))).toEqual({
      'a/b.txt': text,
      'c.txt': 'c',
    });
  });

  test('keeps what is executable', () => {
    const { files } = openPackage(
      zip([
        { name: 'run', mode: 0o100755 },
        { name: 'read', mode: 0o100644 },
      ]),
    );
    expect(files.map(({ isExecutable }) => isExecutable)).toEqual([true, false]);
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
    ['an encrypted entry', [{ name: 'a', flags: 1 }], ''],
    ['an unknown way of packing', [{ name: 'a', method: 14 }], ''],
    ['a name that is no text', [{ name: new Uint8Array([0xff, 0xfe]) }], ''],
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

  test('whatever its bytes are, and never with another error', async () => {
    expect.hasAssertions();
    const good = Buffer.from(zipOf({ 'a.txt': 'hello', 'b/c.txt': 'world' }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.nat(good.length),
        async (changes, end) => {
          const bytes = Buffer.from(good);
          for (const [at, byte] of changes) bytes[at] = byte;
          const error = await unpack(bytes.subarray(0, end)).catch((thrown: unknown) => thrown);
          expect(error instanceof Error ? error : new ServiceError('none', '', { status: 200 })).toBeInstanceOf(
            ServiceError,
          );
        },
      ),
      { numRuns: 2000 },
    );
  });
});
