/** A pool that was given a manifest, and functions that hold other tasks. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Manifest } from '../../../agent/index.ts';
import { manifestOf } from '../../support/fake-transport.ts';
import { range, rejection, squares } from './setup.ts';
import { TASKS, add, setup, square } from './skew.ts';

const messageOf = async (call: PromiseLike<unknown>): Promise<string> => ((await rejection(call)) as Error).message;

describe('a pool with a manifest', () => {
  const changed = (hash: string): Manifest => manifestOf(TASKS, hash);

  test('runs where parameters and code are the same', async () => {
    await using s = setup({ manifest: manifestOf(TASKS) });
    expect(await s.pool.map('math.square', range(4))).toEqual(squares(4));
    expect(s.transport.asked).toHaveLength(1);
  });

  test('names tasks that are missing, take other parameters, or have changed: a few, and how many more', async () => {
    const names = ['a.a', 'a.b', 'a.c', 'a.d', 'a.e'];
    const expected = {
      ...TASKS,
      'text.shout': (words: string) => words,
      ...Object.fromEntries(names.map((n) => [n, add])),
    };
    const found = { ...TASKS, 'text.shout': (words: string, _loud = true) => words };
    await using s = setup({ manifest: manifestOf(expected, 'ours') });
    s.transport.deploy(found, manifestOf(found, 'theirs'));
    const error = await rejection(s.pool.apply('math.square', { args: [2] }));
    expect(error).toMatchObject({
      code: 'TASKS_DIFFER',
      details: { missing: names, parameters: ['text.shout'], code: ['math.square', 'math.add'], manifest: 'theirs' },
    });
    const { message } = error as Error;
    expect(message).toContain('`a.a`, `a.b`, `a.c` and 2 more are missing there');
    expect(message).toContain('`text.shout` takes (words, _loud?) there, not (words)');
    expect(message).toContain('the code of `math.square` and `math.add` has changed');
    expect(message).toContain('If the function is right, write the manifest again: `lambdapool tasks ./tasks --json`');
  });

  test('of which several take other parameters shows them for the first', async () => {
    const one = (x: number): number => x;
    await using s = setup({ manifest: manifestOf(TASKS) }, {}, { 'math.square': one, 'math.add': one });
    const message = await messageOf(s.pool.apply('math.square', { args: [2] }));
    expect(message).toContain('`math.square` and `math.add` take other parameters (`math.square`: (x) there, not (n))');
  });

  test('asks again once the function has changed, and refuses what is not sent by then', async () => {
    await using s = setup({ workers: 1, manifest: changed('first') });
    s.transport.deploy(TASKS, changed('first'));
    expect(await s.pool.map('math.square', range(4), { chunksize: 1 })).toEqual(squares(4));
    s.transport.deploy(TASKS, changed('second'));
    const settled = await s.pool.mapSettled('math.square', range(9), { chunksize: 1 });
    const run = settled.filter(({ status }) => status === 'fulfilled');
    // The one that brought the news, and the one that left before it was read.
    expect(run).toHaveLength(2);
    expect(settled.at(-1)).toMatchObject({ reason: { code: 'TASKS_DIFFER' } });
    expect(s.transport.asked).toHaveLength(2);
  });

  test('goes on after a change that does not concern its tasks, and asks once for it', async () => {
    const manifest = changed('first');
    await using s = setup({ workers: 2, manifest });
    s.transport.deploy(TASKS, manifest);
    await s.pool.map('math.square', range(4), { chunksize: 1 });
    s.transport.deploy(TASKS, { ...manifest, hash: 'second' });
    expect(await s.pool.map('math.square', range(20), { chunksize: 1 })).toEqual(squares(20));
    s.transport.deploy(TASKS, manifest);
    expect(await s.pool.map('math.square', range(20), { chunksize: 1 })).toEqual(squares(20));
    expect(s.transport.asked).toHaveLength(2);
  });

  test('asks until it has heard of a manifest on which calls have run, where old and new answer in turn', async () => {
    const manifest = manifestOf(TASKS);
    await using s = setup({ workers: 1, manifest });
    await s.pool.apply('math.square', { args: [1] });
    const second = { ...manifest, hash: 'second' };
    const answers = (found: Manifest): string => JSON.stringify({ lambdapool: 1, timeoutMs: 9_000, manifest: found });
    const ran = '{"lambdapool":1,"timeoutMs":9000,"manifest":"second","outcomes":[{"ok":1}]}';
    s.transport.answerNext(
      { payload: ran },
      { payload: answers(manifest) },
      { payload: ran },
      { payload: answers(second) },
    );
    for (let each = 0; each < 3; each += 1) await s.pool.apply('math.square', { args: [1] });
    expect(s.transport.asked).toHaveLength(3);
  });

  test.each([
    ['a manifest', (manifest: Manifest) => JSON.stringify(manifest)],
    ['the list of `lambdapool tasks --json`', (manifest: Manifest) => JSON.stringify(listOf(manifest))],
  ])('reads %s from a file, once', async (_, text) => {
    await using folder = await temporaryFolder();
    const file = path.join(folder.path, 'tasks.json');
    await writeFile(file, text(manifestOf(TASKS)));
    await using good = setup({ manifest: file });
    expect(await good.pool.apply('math.square', { args: [3] })).toBe(9);
    await using other = setup({ manifest: pathToFileURL(file) }, {}, { 'math.square': square });
    expect(await rejection(other.pool.apply('math.square', { args: [3] }))).toMatchObject({ code: 'TASKS_DIFFER' });
    await writeFile(file, 'nothing any more');
    expect(await rejection(other.pool.apply('math.square', { args: [3] }))).toMatchObject({ code: 'TASKS_DIFFER' });
  });

  test.each(['{"tasks":{"a.b":{}}}', '[{"name":"a.b","hash":"x"}]', '{}', 'null', '[1]', 'no JSON', undefined])(
    'refuses a file that holds %j, with its name and the command that writes it',
    async (text) => {
      await using folder = await temporaryFolder();
      const file = path.join(folder.path, 'tasks.json');
      if (text !== undefined) await writeFile(file, text);
      await using s = setup({ manifest: file });
      const error = await rejection(s.pool.apply('math.square', { args: [3] }));
      expect(error).toMatchObject({ code: 'OPTION_INVALID', details: { option: 'manifest', file } });
      expect((error as Error).message).toContain('`lambdapool tasks --json`');
      expect(s.transport.asked).toEqual([]);
    },
  );

  test.each([5, '', null, {}, new URL('https://example.com/tasks.json'), [{ name: 'a' }]])(
    'refuses %j as the option at once',
    async (manifest) => {
      const options = { manifest } as object;
      expect(() => setup(options)).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining('`manifest`') }),
      );
    },
  );
});

function listOf({ tasks }: Manifest): object[] {
  return Object.entries(tasks).map(([name, task]) => ({ name, ...task }));
}

async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lambdapool-manifest-'));
  return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}
