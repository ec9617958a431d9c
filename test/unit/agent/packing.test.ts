/** Requests and replies that travel gzipped. */
import { randomBytes } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Handler } from '../../../agent/index.ts';
import { pack, unpack } from '../../../agent/packing.ts';
import { errorOf, fakeContext, handlerOf } from './harness.ts';

const handler = handlerOf({ echo: (value: unknown) => value, length: (text: string) => text.length });

function tableOf(rows: number): readonly object[] {
  return Array.from({ length: rows }, (_, id) => ({ id, store: `Köln-${id % 7}`, sold: (id * 7919) % 500 }));
}

function base64(value: unknown): string {
  return gzipSync(JSON.stringify(value)).toString('base64');
}

/** Sends it packed, and gives what comes back: after JSON, as Lambda does. */
async function sendPacked(
  handler: Handler,
  request: object,
  context = fakeContext(),
): Promise<Record<string, unknown>> {
  const event: unknown = JSON.parse(JSON.stringify({ lambdapool: 1, gzip: base64({ lambdapool: 1, ...request }) }));
  return JSON.parse(JSON.stringify(await handler(event, context)));
}

function gunzipped(packed: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(gunzipSync(Buffer.from(String(packed['gzip']), 'base64')).toString());
}

describe('a packed request', () => {
  test('is answered as if it were not, and a long reply that shrinks comes back packed', async () => {
    const table = tableOf(3000);
    const reply = await sendPacked(handler, { task: 't.echo', calls: [[table], [1]] });
    expect(Object.keys(reply)).toEqual(['lambdapool', 'gzip']);
    expect(reply['lambdapool']).toBe(1);
    expect(JSON.stringify(reply).length).toBeLessThan(0.7 * JSON.stringify(table).length);
    expect(gunzipped(reply)).toMatchObject({ lambdapool: 1, outcomes: [{ ok: table }, { ok: 1 }] });
  });

  test('has a short reply, or one that does not shrink, come back as it is', async () => {
    const short = await sendPacked(handler, { task: 't.length', calls: [['x'.repeat(100_000)]] });
    expect(short).toMatchObject({ outcomes: [{ ok: 100_000 }] });
    const noise = randomBytes(100_000).toString('base64');
    const long = await sendPacked(handler, { task: 't.echo', calls: [[noise]] });
    expect(long).toMatchObject({ outcomes: [{ ok: noise }] });
  });

  test('has its reply come back as it is near the deadline, for packing takes time', async () => {
    const call = { task: 't.echo', calls: [['x'.repeat(100_000)]] };
    expect(await sendPacked(handler, call, fakeContext(999))).toHaveProperty('outcomes');
    expect(await sendPacked(handler, call, fakeContext(1000))).toHaveProperty('gzip');
  });

  test('has a reply that is too large for Lambda come back as it is, so that Lambda says so', async () => {
    const large = 'x'.repeat(6 * 1024 * 1024);
    expect(await sendPacked(handler, { task: 't.echo', calls: [[large]] })).toMatchObject({
      outcomes: [{ ok: large }],
    });
  });

  test('may hold a plain event, whose answer may be undefined', async () => {
    const nothing = handlerOf({ nothing: () => undefined });
    expect(await nothing({ lambdapool: 1, gzip: base64({ task: 't.nothing' }) }, fakeContext())).toBeUndefined();
  });
});

describe('an event that is not packed', () => {
  test('has its reply come back as it is, however long', async () => {
    const text = 'x'.repeat(100_000);
    const reply = await handler({ lambdapool: 1, task: 't.echo', calls: [[text]] }, fakeContext());
    expect(reply).toMatchObject({ outcomes: [{ ok: text }] });
  });

  test('may be a plain one with a field of that name', async () => {
    expect(await handler({ task: 't.echo', args: [5], gzip: 'H4sI' }, fakeContext())).toBe(5);
  });
});

describe('what cannot be unpacked is refused with EventInvalid', () => {
  test.each([
    { gzip: 5, says: 'Expected `gzip` to be base64 of gzipped JSON, got 5 (number).' },
    { gzip: null, says: 'got null.' },
    { gzip: '', says: 'got "" (string): unexpected end of file.' },
    { gzip: '%%%', says: 'got "%%%" (string): unexpected end of file.' },
    { gzip: 'aGVsbG8gd29ybGQ=', says: 'got "aGVsbG8gd29ybGQ=" (string): incorrect header check.' },
    { gzip: base64('x'.repeat(100)).slice(0, 12), says: ': unexpected end of file.' },
    { gzip: gzipSync('{"task":').toString('base64'), says: 'JSON' },
    { gzip: base64('a.b'), says: 'Expected the event to be an object' },
    { gzip: base64({ lambdapool: 1, gzip: base64({ task: 't.echo' }) }), says: 'Expected `calls` to be an array' },
  ])('$gzip', async ({ gzip, says }) => {
    const error = await errorOf(handler({ lambdapool: 1, gzip }, fakeContext()));
    expect(error.name).toBe('EventInvalid');
    expect(error.message).toContain(says);
  });

  test('what would fill the memory is not unpacked', async () => {
    const gzip = gzipSync(Buffer.alloc(64 * 1024 * 1024 + 1, ' ')).toString('base64');
    const error = await errorOf(handler({ lambdapool: 1, gzip }, fakeContext()));
    expect(error.name).toBe('EventInvalid');
    expect(error.message).toBe(
      `Expected \`gzip\` to unpack to at most 67,108,864 bytes, got more in ${gzip.length.toLocaleString('en')} characters.`,
    );
  });

  test('another version is refused as such', async () => {
    const error = await errorOf(handler({ lambdapool: 2, gzip: base64({ task: 't.echo' }) }, fakeContext()));
    expect(error.name).toBe('ProtocolMismatch');
  });
});

describe('pack', () => {
  test('gives the text back through unpack, character for character', async () => {
    const text = JSON.stringify(tableOf(5000));
    const packed = await pack(text);
    expect(packed?.lambdapool).toBe(1);
    expect(await unpack(packed?.gzip ?? '')).toBe(text);
  });

  test('begins at 64 kB', async () => {
    expect(await pack('x'.repeat(65_535))).toBeUndefined();
    expect(await pack('x'.repeat(65_536))).toBeDefined();
  });

  test('leaves what is too large in bytes, though not in characters', async () => {
    expect(await pack('ü'.repeat(3 * 1024 * 1024))).toBeDefined();
    expect(await pack('ü'.repeat(3 * 1024 * 1024 + 1))).toBeUndefined();
  });

  test('gives up where only the beginning shrinks', async () => {
    expect(await pack('x'.repeat(20_000) + randomBytes(200_000).toString('base64'))).toBeUndefined();
  });

  test('gives up where the beginning does not shrink', async () => {
    expect(await pack(randomBytes(20_000).toString('base64') + 'x'.repeat(100_000))).toBeUndefined();
  });

  test('counts base64: what gzip alone brings to some 0.6 is not worth it', async () => {
    const digits = Array.from(randomBytes(100_000), (byte) => byte % 20);
    const text = digits.map((digit) => 'abcdefghijklmnopqrst'[digit]).join('');
    const share = gzipSync(text, { level: 1 }).length / text.length;
    expect(share).toBeGreaterThan(0.525);
    expect(share).toBeLessThan(0.7);
    expect(await pack(text)).toBeUndefined();
  });
});
