/** The packages of functions on disk. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PackageStore } from '../../../../emulator/control/package/package-store.ts';
import { zipOf } from '../../../support/zip.ts';

test('packages that come at the same time each have a folder of their own', async () => {
  await using store = new PackageStore({ guardFolder: () => undefined });
  const texts = ['first', 'second', 'third', 'fourth'];
  const packages = await Promise.all(texts.map((text) => store.add(zipOf({ 'a.txt': text }))));
  const bundles = packages.map((each) => each.hold('index.handler'));
  expect(bundles.map(({ directory }) => readFileSync(join(directory, 'a.txt'), 'utf8'))).toEqual(texts);
});

test('one that cannot be unpacked takes no other with it', async () => {
  await using store = new PackageStore({ guardFolder: () => undefined });
  const [bad, good] = await Promise.allSettled([store.add(Buffer.from('no zip')), store.add(zipOf({ 'a.txt': 'a' }))]);
  expect(bad.status).toBe('rejected');
  if (good.status === 'rejected') throw good.reason;
  expect(readFileSync(join(good.value.hold('index.handler').directory, 'a.txt'), 'utf8')).toBe('a');
});
