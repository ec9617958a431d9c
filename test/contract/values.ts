/** What can be sent, and what comes back. */
import { expect } from 'vitest';
import { rejection } from './rejection.ts';
import { group } from './place.ts';
import type { Behaviour } from './place.ts';

export const VALUES: readonly Behaviour[] = group('values', {
  'what JSON does not have comes back as it went': async (on) => {
    await using pool = await on.pool();
    const shared = { n: 1 };
    const value = [
      undefined,
      Number.NaN,
      -0,
      Number.POSITIVE_INFINITY,
      12345678901234567890n,
      new Date(0),
      new Date(Number.NaN),
      new Map<unknown, unknown>([[{ key: 1 }, new Set([1, 'a'])]]),
      /a+b/giu,
      new URL('https://example.com/a?b#c'),
      new Uint8Array([1, 2, 255]),
      new Float64Array([-0, Number.NaN]),
      Buffer.from('bytes'),
      shared,
      shared,
      JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}'),
      'snow ☃ and \u0000 and \ud800',
    ];
    const back = await pool.apply<unknown[]>('echo.echo', { args: [value] });
    expect(back).toEqual(value);
    expect(Object.is(back[2], -0)).toBe(true);
    expect(Buffer.isBuffer(back[12])).toBe(true);
    expect(back[13]).toBe(back[14]);
    expect(Object.keys(back[15] as object)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  },
  'the same goes for arguments by name, and for each call of a chunk': async (on) => {
    await using pool = await on.pool();
    const values = [undefined, 12n, new Map([[1, new Date(5)]]), new Set(['a']), Number.NaN, null, 'plain'];
    expect(await pool.map('echo.echo', values, { chunksize: 7 })).toEqual(values);
    expect(await pool.apply('echo.named', { kwds: { self: 1n, fn: undefined, args: new Date(7) } })).toEqual([
      1n,
      undefined,
      new Date(7),
    ]);
    expect(await pool.apply('math.factorial', { args: [25] })).toBe(15511210043330985984000000n);
    const frequencies = await pool.apply('text.frequencies', { args: ['a b a'] });
    expect(frequencies).toEqual(new Map(Object.entries({ a: 2, b: 1 })));
  },
  'cycles come back as cycles': async (on) => {
    await using pool = await on.pool();
    const ring = await pool.apply<{ self: unknown }>('faults.returnsCycle');
    expect(ring.self).toBe(ring);
  },
  'nearly 6 MB go there and come back': async (on) => {
    await using pool = await on.pool();
    const text = 'x'.repeat(6_200_000);
    const back = await pool.apply('echo.echo', { args: [text] });
    expect(back === text).toBe(true);
  },
  'a call over 6 MB is refused with its size before it is sent': async (on) => {
    await using pool = await on.pool();
    expect(await rejection(pool.apply('echo.echo', { args: ['x'.repeat(7_000_000)] }))).toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
      message: expect.stringMatching(/7,?000,?\d\d\d.*6,?291,?456/s),
    });
  },
  'an argument that cannot be sent is refused with its path': async (on) => {
    await using pool = await on.pool();
    const rows = [{}, {}, {}, { fn: () => 1 }];
    expect(await rejection(pool.apply('echo.echo', { args: [{ rows }] }))).toMatchObject({
      code: 'NOT_SERIALIZABLE',
      message: expect.stringContaining('args[0].rows[3].fn'),
    });
  },
  'a result that cannot be sent is refused with its path': async (on) => {
    await using pool = await on.pool();
    expect(await rejection(pool.apply('faults.returnsFunction'))).toMatchObject({
      code: 'RESULT_NOT_SERIALIZABLE',
      message: expect.stringContaining('rows[0].fn'),
    });
  },
});
