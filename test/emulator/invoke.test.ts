import { describe, expect, test } from 'vitest';
import { Emulator, type InvocationReport } from '../../emulator/index.ts';
import { call, ISOLATIONS, send } from './call.ts';
import { TestCode } from './test-code.ts';

const CODE = `
  import { randomUUID } from 'node:crypto';
  const id = randomUUID();
  let count = 0;
  export const handler = async (event, context) => {
    count += 1;
    if (event.sleepMs) await new Promise((resolve) => setTimeout(resolve, event.sleepMs));
    if (event.log) {
      console.log('one', { a: 1 });
      process.stdout.write('raw line\\n');
      console.error('two\\nlines');
      process.stderr.write(Buffer.from('bytes\\n'));
    }
    if (event.fill) return 'x'.repeat(event.fill);
    if (event.undefined) return undefined;
    return { id, count, event, requestId: context.awsRequestId, arn: context.invokedFunctionArn, remainingMs: context.getRemainingTimeInMillis() };
  };
`;

interface Answer {
  readonly id: string;
  readonly count: number;
  readonly event: unknown;
  readonly requestId: string;
  readonly arn: string;
  readonly remainingMs: number;
}

describe.each(ISOLATIONS)('an environment that is a %s', (isolation) => {
  const create = (concurrency = 2): Emulator => {
    const emulator = new Emulator({ isolation, concurrency });
    emulator.register({ code: new TestCode(CODE), timeoutMs: 20_000 });
    return emulator;
  };

  test('answers with what the handler returns, and keeps its state', async () => {
    await using emulator = create();
    const first = await send(emulator, { n: 1 });
    expect(first).toMatchObject({ statusCode: 200, executedVersion: '$LATEST' });
    expect(first.functionError).toBeUndefined();
    expect(first.logTail).toBeUndefined();
    const answer: Answer = JSON.parse(first.payload);
    expect(answer).toMatchObject({
      event: { n: 1 },
      count: 1,
      requestId: first.requestId,
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:lambdapool',
    });
    expect(answer.remainingMs).toBeGreaterThan(19_000);
    expect(answer.remainingMs).toBeLessThanOrEqual(20_000);
    expect(await call(emulator, {})).toMatchObject({ id: answer.id, count: 2 });
  });

  test('gets {} for an empty payload, hands on text of any kind, and makes null of undefined', async () => {
    await using emulator = create();
    expect(await call(emulator, {}, { payload: '' })).toMatchObject({ event: {} });
    const event = { text: 'Grüße, 世界 🌍\u0000\u2028', pretty: 'a\nb' };
    expect(await call(emulator, {}, { payload: JSON.stringify(event, null, 2) })).toMatchObject({ event });
    expect((await send(emulator, { undefined: true })).payload).toBe('null');
  });

  test('moves payloads of many megabytes whole', async () => {
    await using emulator = create();
    const text = 'ü'.repeat(2_000_000);
    const { event } = await call<Answer>(emulator, { text });
    expect(event).toEqual({ text });
  });

  test('takes a request id, a client context and a qualifier', async () => {
    await using emulator = create();
    const requestId = '6f1ed002-ab5d-4a1b-8a3d-0123456789ab';
    const result = await send(emulator, {}, { requestId, qualifier: '$LATEST' });
    expect(result.requestId).toBe(requestId);
    expect(JSON.parse(result.payload)).toMatchObject({
      requestId,
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:lambdapool:$LATEST',
    });
  });

  test('has all it wrote in its own log, in order and in Lambda’s format', async () => {
    await using emulator = create();
    const reports: InvocationReport[] = [];
    emulator.on('invocation.finished', (report) => reports.push(report));
    await emulator.ready();
    const loud = await send(emulator, { log: true }, { logType: 'Tail' });
    const silent = await send(emulator, {}, { logType: 'Tail' });
    const stamp = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;
    const id = loud.requestId;
    expect(loud.logTail).toMatch(
      new RegExp(
        [
          `^START RequestId: ${id} Version: \\$LATEST`,
          `${stamp}\t${id}\tINFO\tone \\{ a: 1 \\}`,
          'raw line',
          `${stamp}\t${id}\tERROR\ttwo`,
          'lines',
          'bytes',
          `END RequestId: ${id}`,
          `REPORT RequestId: ${id}\tDuration: \\d+\\.\\d\\d ms\tBilled Duration: \\d+ ms\tMemory Size: 1769 MB\tMax Memory Used: [1-9]\\d* MB\t\n$`,
        ].join('\n'),
      ),
    );
    expect(silent.logTail).toMatch(/^START .*\nEND .*\nREPORT .*\n$/);
    expect(reports.map((each) => each.log)).toEqual([loud.logTail, silent.logTail]);
    expect(reports[0]).toMatchObject({ status: 'success', generation: 1, functionName: 'lambdapool', memoryMb: 1769 });
  });

  test('reports INIT only to the invocation that waited for it', async () => {
    await using emulator = create();
    const cold = await send(emulator, {}, { logType: 'Tail' });
    const warm = await send(emulator, {}, { logType: 'Tail' });
    expect(cold.logTail).toMatch(/\tInit Duration: \d+\.\d\d ms\t\n$/);
    expect(warm.logTail).not.toContain('Init Duration');
  });

  test('runs one invocation at a time, as many side by side as allowed, the others in turn', async () => {
    await using emulator = create(2);
    await emulator.ready();
    const answers = Array.from({ length: 6 }, () => call<Answer>(emulator, { sleepMs: 60 }));
    expect(emulator.stats()).toMatchObject({ environments: 2, busy: 1, waiting: 5 });
    const ids = (await Promise.all(answers)).map((each) => each.id);
    expect(new Set(ids).size).toBe(2);
    expect(emulator.stats()).toMatchObject({ environments: 2, busy: 0, waiting: 0, generation: 1 });
  });

  test('is used again before one that has been idle for longer', async () => {
    await using emulator = create(2);
    const [slow, fast] = await Promise.all([
      call<Answer>(emulator, { sleepMs: 700 }),
      call<Answer>(emulator, { sleepMs: 700 }).then(() => call<Answer>(emulator, { sleepMs: 300 })),
    ]);
    const last = await call<Answer>(emulator, {});
    expect(last.count).toBeGreaterThan(1);
    expect([slow.id, fast.id]).toContain(last.id);
    expect(last.id).toBe(fast.id);
  });

  test('a waiting invocation is given up by its signal, a running one goes on', async () => {
    await using emulator = create(1);
    await emulator.ready();
    const controller = new AbortController();
    const { signal } = controller;
    const running = call<Answer>(emulator, { sleepMs: 200 }, { signal });
    const waiting = [send(emulator, {}, { signal }), send(emulator, {}, { signal })];
    const other = call<Answer>(emulator, {});
    controller.abort(new Error('enough'));
    const outcomes = await Promise.allSettled(waiting);
    expect(outcomes.map((each) => each.status === 'rejected' && each.reason)).toEqual([signal.reason, signal.reason]);
    await expect(send(emulator, {}, { signal })).rejects.toBe(signal.reason);
    expect((await running).count).toBe(1);
    expect((await other).count).toBe(2);
  });

  test('runs two functions on one machine, and lets neither starve', async () => {
    await using emulator = create(1);
    emulator.register({ functionName: 'other', code: new TestCode(CODE), timeoutMs: 20_000 });
    const counts = { lambdapool: 0, other: 0 };
    const load = async (functionName: 'lambdapool' | 'other'): Promise<void> => {
      for (let index = 0; index < 3; index += 1) {
        await call(emulator, {}, { functionName });
        counts[functionName] += 1;
      }
    };
    await Promise.all([load('lambdapool'), load('lambdapool'), load('other')]);
    expect(counts).toEqual({ lambdapool: 6, other: 3 });
    expect(emulator.stats().environments + emulator.stats('other').environments).toBeLessThanOrEqual(1);
  });

  test('an event is answered at once, runs later, and is tried again when it fails', async () => {
    await using emulator = new Emulator({ isolation, concurrency: 1, eventRetryDelaysMs: [1, 1] });
    emulator.register({
      code: new TestCode(
        `let n = 0; export const handler = async () => { n += 1; if (n < 3) throw new Error('no ' + n); };`,
      ),
    });
    const reports: InvocationReport[] = [];
    const succeeded = Promise.withResolvers<void>();
    emulator.on('invocation.finished', (report) => {
      reports.push(report);
      if (report.status === 'success') succeeded.resolve();
    });
    const accepted = await send(emulator, {}, { invocationType: 'Event', logType: 'Tail' });
    expect(accepted).toEqual({ requestId: accepted.requestId, statusCode: 202, payload: '' });
    await succeeded.promise;
    expect(reports.map((each) => [each.status, each.errorMessage])).toEqual([
      ['error', 'no 1'],
      ['error', 'no 2'],
      ['success', undefined],
    ]);
    expect(new Set(reports.map((each) => each.requestId))).toEqual(new Set([accepted.requestId]));
  });
});

test('a dry run starts nothing', async () => {
  await using emulator = new Emulator();
  emulator.register({ code: new TestCode(CODE) });
  expect(await send(emulator, {}, { invocationType: 'DryRun' })).toMatchObject({ statusCode: 204, payload: '' });
  expect(emulator.stats()).toMatchObject({ environments: 0, pids: [] });
});
