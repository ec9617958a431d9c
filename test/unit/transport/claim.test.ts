/** The way through a bucket, between the real agent and a server that stands for the bucket. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { shared } from '../../../src/pool/lazy-transport.ts';
import { Pool } from '../../../src/pool/pool.ts';
import type { PoolOptions } from '../../../src/pool/options.ts';
import { LambdaPoolError } from '../../../src/shared/errors.ts';
import type { PayloadBucket } from '../../../src/transport/claim/bucket.ts';
import { MAX_CLAIMED_BYTES, claimChecking } from '../../../src/transport/claim/claim-transport.ts';
import type { Transport } from '../../../src/transport/transport.ts';
import { eventually } from '../../support/eventually.ts';
import { FakeTransport } from '../../support/fake-transport.ts';
import { ObjectHost, refuse } from '../../support/object-host.ts';
import { rejection } from '../pool/setup.ts';

const MB = 1024 * 1024;
const LARGE = 'ü'.repeat(5 * MB);

let host: ObjectHost;
let fake: FakeTransport;
let warnings: string[];
const onWarning = (warning: Error): void =>
  void (warning.name === 'LambdaPoolWarning' && warnings.push(warning.message));
beforeEach(async () => {
  // The host is on this machine, which is no place for objects anywhere else.
  process.env['LAMBDAPOOL_EMULATOR'] = 'true';
  host = await ObjectHost.start();
  fake = new FakeTransport({
    'echo.echo': (value: unknown) => value,
    'echo.long': (length: number) => 'x'.repeat(length),
    'echo.fail': (value: string) => {
      console.debug(`got ${value.length}`);
      throw new RangeError('no');
    },
  });
  warnings = [];
  process.on('warning', onWarning);
});
afterEach(async () => {
  process.off('warning', onWarning);
  delete process.env['LAMBDAPOOL_EMULATOR'];
  await host[Symbol.asyncDispose]();
});

function bucket(): PayloadBucket {
  return {
    name: 'payloads',
    isLocal: true,
    sign: (_, key) => host.url(`/payloads/${key}`),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function poolOf(options: Partial<PoolOptions> = {}, open = () => Promise.resolve(bucket())): Pool {
  return new Pool(claimChecking(fake, open), { workers: 2, ...options });
}

/** Ends the pool, and says what is left in the bucket. */
async function leftBy(pool: Pool): Promise<readonly string[]> {
  await pool.terminate();
  return [...host.objects.keys()];
}

describe('a call that is small both ways', () => {
  test('travels as ever, with a place for its reply, and asks nothing of the bucket', async () => {
    const pool = poolOf();
    expect(await pool.map('echo.echo', [1, 'two', { three: 3 }], { chunksize: 3 })).toEqual([1, 'two', { three: 3 }]);
    expect(fake.seen[0]?.request).toMatchObject({
      task: 'echo.echo',
      calls: [[1], ['two'], [{ three: 3 }]],
      claim: { put: expect.stringMatching(/\/payloads\/lambdapool\/[\da-f-]{36}\.reply\.json\?/), isLocal: true },
    });
    expect(await leftBy(pool)).toEqual([]);
    expect(host.seen).toEqual([]);
  });

  test('travels unchanged where it is no request of a pool', async () => {
    const transport = claimChecking(fake, () => Promise.reject(new Error('Nobody asks for the bucket.')));
    fake.answerNext({ payload: '{"lambdapool":1,"claim":{"bytes":1}}' });
    const payload = '{"task":"echo.echo","args":[1]}';
    const response = await transport.invoke({ payload, logs: false }, { signal: new AbortController().signal });
    expect(response.payload).toBe('{"lambdapool":1,"claim":{"bytes":1}}');
    expect(fake.seen[0]?.payload).toBe(payload);
  });
});

describe('large values', () => {
  test('come back as they went, and nothing of them stays in the bucket', async () => {
    const pool = poolOf();
    expect(await pool.apply('echo.echo', { args: [LARGE] })).toBe(LARGE);
    expect(fake.seen[0]?.payload.length).toBeLessThan(1_000);
    expect(await leftBy(pool)).toEqual([]);
    expect(host.methods().split(' ').sort().join(' ')).toBe('DELETE DELETE GET GET PUT PUT');
    expect(warnings).toEqual([]);
  });

  test('that only come back have no request in the bucket', async () => {
    const pool = poolOf();
    expect(await pool.apply('echo.long', { args: [7 * MB] })).toHaveLength(7 * MB);
    expect(await leftBy(pool)).toEqual([]);
    expect(host.methods()).toBe('PUT GET DELETE');
  });

  test('travel alone, and small ones between them together', async () => {
    const pool = poolOf({ workers: 1 });
    const items = ['a', 'b', LARGE, 'c', 'd', 'e', LARGE, LARGE];
    expect(await pool.map('echo.echo', items, { chunksize: 8 })).toEqual(items);
    const sizes = fake.seen.map(({ request }) => ('calls' in request ? request.calls.length : 'large'));
    expect(sizes).toEqual([2, 'large', 3, 'large', 'large']);
    expect(await leftBy(pool)).toEqual([]);
  });

  test('fail as all others do, and bring their logs', async () => {
    const logs: string[] = [];
    const pool = poolOf({ onLog: ({ text }) => void logs.push(text) });
    expect(await rejection(pool.apply('echo.fail', { args: [LARGE] }))).toMatchObject({ code: 'TASK_THREW' });
    expect(logs).toEqual([`got ${LARGE.length}`]);
    expect(await leftBy(pool)).toEqual([]);
  });

  test('beyond the bound are refused before anything is sent, with the size and the bound', async () => {
    const transport: Transport = { ...shared(fake), maxPayloadBytes: 8_000_000 };
    await using pool = new Pool(transport, { workers: 1 });
    expect(await pool.apply('echo.echo', { args: ['x'.repeat(7_900_000)] })).toHaveLength(7_900_000);
    expect(await rejection(pool.map('echo.echo', ['a', 'x'.repeat(8_000_000)]))).toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
      message: expect.stringMatching(
        /call 1 of echo\.echo .* 8,000,\d+ bytes; at most 8,000,000 travel through the `payloadBucket`/,
      ),
      details: { maxBytes: 8_000_000 },
    });
    expect(fake.seen).toHaveLength(1);
    expect(claimChecking(fake, () => Promise.reject(new Error('not yet'))).maxPayloadBytes).toBe(MAX_CLAIMED_BYTES);
  });

  test('without a bucket are refused with its name', async () => {
    await using pool = new Pool(fake, { workers: 1 });
    expect(await rejection(pool.apply('echo.echo', { args: [LARGE] }))).toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
      message: expect.stringContaining('Give the pool a `payloadBucket`'),
    });
  });
});

describe('each sending', () => {
  test('has objects of its own, and those of the one before are deleted', async () => {
    const pool = poolOf({ idempotent: true });
    fake.rejectNext(new LambdaPoolError('THROTTLED', 'Too many.', { retryable: true }));
    fake.rejectNext(new LambdaPoolError('OUTCOME_UNKNOWN', 'Lost.'));
    expect(await pool.apply('echo.echo', { args: [LARGE] })).toBe(LARGE);
    const puts = fake.seen.map(({ payload }) => /lambdapool\/([\da-f-]+)\.reply/.exec(payload)?.[1]);
    expect(new Set(puts).size).toBe(3);
    expect(await leftBy(pool)).toEqual([]);
    // Three requests and the reply that was read, and at the end the one that might have come late.
    expect(host.seen.filter(({ method }) => method === 'DELETE')).toHaveLength(5);
  });

  test('that a dying environment ends leaves nothing', async () => {
    const pool = poolOf();
    fake.dieNext('Runtime.ExitError', 'RequestId: 1 Error: Runtime exited');
    expect(await rejection(pool.apply('echo.echo', { args: [LARGE] }))).toMatchObject({ code: 'TASK_EXITED' });
    expect(await leftBy(pool)).toEqual([]);
    expect(
      host
        .methods()
        .split(' ')
        .filter((method) => method === 'DELETE'),
    ).toHaveLength(2);
  });

  test('that is aborted leaves nothing', async () => {
    const pool = poolOf();
    fake.hold();
    const controller = new AbortController();
    const call = rejection(pool.apply('echo.echo', { args: [LARGE], signal: controller.signal }));
    await eventually(() => expect(fake.held).toBe(1), 5_000);
    controller.abort(new RangeError('enough'));
    expect(await call).toMatchObject({ message: 'enough' });
    await eventually(() => expect(host.objects.size).toBe(0), 5_000);
    await pool.terminate();
  });

  test('that is over its time has the reply that came late deleted at the end of the pool', async () => {
    const pool = poolOf();
    fake.hold();
    expect(await rejection(pool.apply('echo.echo', { args: [1], timeoutMs: 20 }))).toMatchObject({
      code: 'TASK_TIMEOUT',
    });
    const put = /"put":"([^"?]+)/.exec(fake.seen[0]?.payload ?? '')?.[1] ?? '';
    host.objects.set(new URL(put).pathname, '{}');
    expect(await leftBy(pool)).toEqual([]);
    expect(host.methods()).toBe('DELETE');
  });

  test('that the end of the pool cuts short leaves nothing', async () => {
    const pool = poolOf();
    fake.hold();
    const call = rejection(pool.apply('echo.echo', { args: [LARGE] }));
    await eventually(() => expect(fake.held).toBe(1), 5_000);
    expect(await leftBy(pool)).toEqual([]);
    expect(await call).toMatchObject({ code: 'POOL_TERMINATED' });
  });
});

describe('what goes wrong with the bucket', () => {
  const at = (): string => new URL(host.origin).host;

  test.each([
    [403, 'AccessDenied', '', 'ACCESS_DENIED', 's3:PutObject on arn:aws:s3:::payloads/lambdapool/*'],
    [403, 'SignatureDoesNotMatch', '', 'ACCESS_DENIED', 'Check the credentials'],
    [400, 'ExpiredToken', '', 'ACCESS_DENIED', 'Renew the credentials'],
    [404, 'NoSuchBucket', '', 'OPTION_INVALID', 'aws s3 mb s3://payloads'],
    [301, 'PermanentRedirect', '<Region>eu-west-3</Region>', 'OPTION_INVALID', 'the region eu-west-3'],
    [400, 'AuthorizationHeaderMalformed', '<Region>eu-west-3</Region>', 'OPTION_INVALID', 'the region eu-west-3'],
  ])(
    '%d %s when a request is put: nothing was sent, and one sentence says what to do',
    async (...[status, name, more, code, said]) => {
      const pool = poolOf();
      host.always(refuse(status, name, more));
      const error = await rejection(pool.apply('echo.echo', { args: [LARGE] }));
      expect(error).toMatchObject({ code, details: { status, awsCode: name } });
      expect(String(error)).toContain(
        `Could not put a request into the bucket payloads (${at()} answered ${status} (${name})`,
      );
      expect(String(error)).toContain(said);
      expect(String(error)).not.toMatch(/Signature=|secret/);
      expect(fake.seen).toEqual([]);
      host.always(refuse(404, 'NoSuchKey'));
      await pool.terminate();
      expect(warnings).toEqual([]);
    },
  );

  test('a bucket that stumbles for too long when a request is put: nothing was sent, and it may be tried again', async () => {
    const transport = claimChecking(fake, () => Promise.resolve(bucket()));
    host.always(refuse(503, 'SlowDown'));
    const payload = `{"lambdapool":1,"task":"echo.echo","calls":[["${LARGE}"]]}`;
    const error = await rejection(transport.invoke({ payload, logs: false }, { signal: new AbortController().signal }));
    expect(error).toMatchObject({
      code: 'UNREACHABLE',
      retryable: true,
      details: { status: 503, awsCode: 'SlowDown' },
    });
    expect(host.methods()).toBe('PUT PUT PUT PUT');
    expect(fake.seen).toEqual([]);
  });

  test('a request that the function cannot get: nothing has run', async () => {
    const pool = poolOf({ idempotent: true });
    host.next((response) => void response.writeHead(200).end(), refuse(403, 'AccessDenied'));
    const error = await rejection(pool.apply('echo.echo', { args: [LARGE] }));
    expect(error).toMatchObject({ code: 'ACCESS_DENIED', details: { status: 403 } });
    expect(String(error)).toMatch(/function could not get its request .* so nothing has run.*s3:GetObject/);
    expect(fake.seen).toHaveLength(1);
    await pool.terminate();
  });

  test('a reply that the function cannot put: the tasks ran, and the call is not sent again unless it is idempotent', async () => {
    const pool = poolOf();
    host.next(refuse(403, 'AccessDenied'));
    const error = await rejection(pool.apply('echo.long', { args: [7 * MB] }));
    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(String(error)).toMatch(
      /The tasks ran, but their results could not be put into the bucket payloads .*403.*s3:PutObject/,
    );
    expect(fake.seen).toHaveLength(1);
    await pool.terminate();
  });

  test('a reply that cannot be got: the tasks ran', async () => {
    const pool = poolOf();
    host.next((response) => void response.writeHead(200).end(), refuse(403, 'AccessDenied'));
    const error = await rejection(pool.apply('echo.long', { args: [7 * MB] }));
    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(String(error)).toMatch(/The tasks ran, but their results could not be got .*s3:GetObject/);
    await pool.terminate();
  });

  test('objects that cannot be deleted fail no call, and are told once', async () => {
    const pool = poolOf();
    host.always((response, { method, url }) => {
      if (method === 'DELETE') return refuse(403, 'AccessDenied')(response, { method, url, headers: {} });
      response.writeHead(200).end(method === 'GET' ? REPLY : '');
    });
    const REPLY = '{"lambdapool":1,"timeoutMs":1000,"manifest":"","outcomes":[{"ok":7}]}';
    expect(await pool.apply('echo.long', { args: [7 * MB] })).toBe(7);
    expect(await pool.apply('echo.long', { args: [7 * MB] })).toBe(7);
    await pool.terminate();
    await eventually(() => expect(warnings).toHaveLength(1), 5_000);
    expect(warnings[0]).toMatch(
      /could not be deleted from the bucket payloads and stays .*403.*s3:DeleteObject.*lifecycle rule/,
    );
    expect(warnings[0]).not.toContain('Signature=');
  });

  test('a bucket that could not be opened is opened at the next call', async () => {
    let times = 0;
    const pool = poolOf({}, async () => {
      times += 1;
      if (times === 1) throw new LambdaPoolError('ACCESS_DENIED', 'No keys.');
      return bucket();
    });
    expect(await rejection(pool.apply('echo.echo', { args: [1] }))).toMatchObject({ code: 'ACCESS_DENIED' });
    expect(await pool.apply('echo.echo', { args: [2] })).toBe(2);
    expect(times).toBe(2);
    await pool.terminate();
  });
});
