/** Large values leave nothing behind: neither objects while the pool lives, nor folders afterwards. */
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { overHttp, inProcess } from '../contract/places.ts';
import { LambdaPool, emulatorTransport } from '../../src/index.ts';
import { FIXTURES } from '../contract/fixtures.ts';
import { eventually } from '../support/eventually.ts';

const MEGABYTE = 1024 * 1024;
const LARGE = 'x'.repeat(20 * MEGABYTE);

const before = process.env['TMPDIR'];
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lambdapool-large-'));
  process.env['TMPDIR'] = folder;
});
afterEach(async () => {
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
  await rm(folder, { recursive: true, force: true });
});

/** Files of objects in the one folder that there is; undefined if there is none. */
function objects(): readonly string[] | undefined {
  const made = readdirSync(folder).find((name) => name.startsWith('lambdapool-objects-'));
  return made === undefined ? undefined : readdirSync(path.join(folder, made));
}

describe.each([inProcess('process'), inProcess('thread'), overHttp('process')])('on $name', (place) => {
  test('20 MB there and back, a failure and an abort leave no object', async () => {
    {
      const transport = await place.open({ payloadBucket: 'payloads' });
      await using pool = new LambdaPool({ workers: 2, transport });
      expect((await pool.apply('echo.echo', { args: [LARGE] })) === LARGE).toBe(true);
      await eventually(() => expect(objects()).toEqual([]), 5_000);
      await expect(pool.apply('math.factorial', { args: [LARGE] })).rejects.toMatchObject({ code: 'TASK_THREW' });
      const controller = new AbortController();
      const given = pool.apply('echo.echo', { args: [LARGE], signal: controller.signal });
      await eventually(() => expect(objects()).not.toEqual([]), 5_000);
      controller.abort(new RangeError('enough'));
      await expect(given).rejects.toThrow('enough');
      await eventually(() => expect(objects()).toEqual([]), 5_000);
    }
    expect(objects()).toBeUndefined();
  });
});

test('small calls make no folder at all', async () => {
  const transport = emulatorTransport({ tasksRoot: FIXTURES, isolation: 'thread', payloadBucket: 'payloads' });
  await using pool = new LambdaPool({ workers: 1, transport });
  expect(await pool.map('math.square', [1, 2, 3])).toEqual([1, 4, 9]);
  expect(objects()).toBeUndefined();
});

test('the variable that names the endpoint of other services does not lead away from the bucket', async () => {
  const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
  const transport = emulatorTransport({ tasksRoot: FIXTURES, isolation: 'thread', payloadBucket: 'payloads', env });
  await using pool = new LambdaPool({ workers: 1, transport });
  expect(await pool.apply('echo.echo', { args: [LARGE] })).toHaveLength(LARGE.length);
  expect(existsSync(folder)).toBe(true);
});

test('a transport that somebody made takes the bucket itself', () => {
  const transport = emulatorTransport({ tasksRoot: FIXTURES });
  expect(() => new LambdaPool({ workers: 1, transport, payloadBucket: 'payloads' })).toThrow(
    'Give `payloadBucket` to the transport',
  );
  expect(() => new LambdaPool({ transport: 'emulator', payloadBucket: 'No Bucket' })).toThrow(
    /`payloadBucket` to be the name of a bucket.*got "No Bucket"/,
  );
});
