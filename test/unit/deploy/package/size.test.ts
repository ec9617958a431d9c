import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkPackageSize, showSize, tooLargeInline } from '../../../../src/deploy/package/size.ts';

const MB = 1024 * 1024;
const PARTS = ['a', 'b', 'c', 'd', 'e', 'f'].map((name, index) => ({ name, bytes: (6 - index) * MB }));

/** A package of one file, which takes no room on the disk. */
async function packageOf(bytes: number): Promise<Parameters<typeof checkPackageSize>[0]> {
  const directory = await mkdtemp(path.join(tmpdir(), 'lambdapool-size-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(path.join(directory, 'data.bin'), '');
  await truncate(path.join(directory, 'data.bin'), bytes);
  return { directory, files: ['data.bin'], parts: PARTS };
}

describe('checkPackageSize', () => {
  it.each([
    [50 * MB - 1, true],
    [50 * MB, false],
  ])('tells whether a zip of %i bytes fits into the request: %s', async (bytes, inline) => {
    const size = await checkPackageSize(await packageOf(1000), new Uint8Array(bytes));
    expect(size).toMatchObject({ zippedBytes: bytes, unzippedBytes: 1000, inline });
  });

  it('refuses what is too large unzipped, before it is sent, and names the five largest parts', async () => {
    await expect(checkPackageSize(await packageOf(250 * MB), new Uint8Array(10))).rejects.toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
      message: expect.stringContaining(
        'The code is 250 MB unzipped, and Lambda takes less than 250 MB, layers included. The largest parts are a (6 MB), b (5 MB), c (4 MB), d (3 MB), e (2 MB).',
      ),
    });
    await expect(checkPackageSize(await packageOf(250 * MB - 1), new Uint8Array(10))).resolves.toBeDefined();
  });

  it('has a sentence for a target that takes code in the request only', async () => {
    const size = await checkPackageSize(await packageOf(1000), new Uint8Array(51 * MB));
    expect(tooLargeInline(size)).toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
      message: expect.stringMatching(/^The code is 51 MB zipped, a request carries less than 50 MB, .* a \(6 MB\)/),
    });
  });
});

describe('showSize', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [50_944, '49.8 KB'],
    [1.5 * MB, '1.5 MB'],
  ])('%i is %s', (bytes, shown) => {
    expect(showSize(bytes)).toBe(shown);
  });
});
