/** The question that a pool asks a function before the first call: what becomes of it, and of those who wait for the answer. */
import { describe, expect, test } from 'vitest';
import { LambdaPoolError } from '../../../src/shared/errors.ts';
import { settle } from './fake-clock.ts';
import { range, rejection } from './setup.ts';
import { TYPED, setup } from './skew.ts';

const messageOf = async (call: PromiseLike<unknown>): Promise<string> => ((await rejection(call)) as Error).message;

describe('while the function is asked', () => {
  test('a call that is aborted ends with the reason, and the others go on', async () => {
    await using s = setup({}, TYPED);
    s.transport.hold();
    const abort = new AbortController();
    const given = s.pool.apply('math.square', { args: [2], signal: abort.signal });
    const kept = s.pool.apply('math.square', { args: [3] });
    await settle();
    abort.abort(new Error('enough'));
    expect(await messageOf(given)).toBe('enough');
    expect(s.transport.asked[0]?.aborted).toBe(false);
    s.transport.release();
    expect(await kept).toBe(9);
    expect(s.transport.seen).toHaveLength(1);
  });

  test('the question is given up with the last call that waits for it, and asked again for the next', async () => {
    await using s = setup({}, TYPED);
    s.transport.hold();
    const abort = new AbortController();
    const given = s.pool.apply('math.square', { args: [2], signal: abort.signal });
    await settle();
    abort.abort(new Error('enough'));
    expect(await messageOf(given)).toBe('enough');
    expect(s.transport.asked[0]?.aborted).toBe(true);
    s.transport.release();
    expect(await s.pool.apply('math.square', { args: [3] })).toBe(9);
    expect(s.transport.asked).toHaveLength(2);
  });

  test('terminate drops the calls, gives up the question and closes the transport', async () => {
    const s = setup({}, TYPED);
    s.transport.hold();
    const call = rejection(s.pool.apply('math.square', { args: [2] }));
    await settle();
    await s.pool.terminate();
    expect(await call).toMatchObject({ code: 'POOL_TERMINATED' });
    expect(s.transport.asked[0]?.aborted).toBe(true);
    expect(s.transport).toMatchObject({ running: 0, timesDisposed: 1 });
    expect(s.transport.seen).toEqual([]);
  });

  test('a call’s time runs, and its end sends nothing', async () => {
    await using s = setup({ timeoutMs: 500 }, TYPED);
    s.transport.hold();
    const call = rejection(s.pool.apply('math.square', { args: [2] }));
    await s.clock.advance(500);
    expect(await call).toMatchObject({ code: 'TASK_TIMEOUT' });
    s.transport.release();
    await settle();
    expect(s.transport.seen).toEqual([]);
  });

  test('close and join wait for it', async () => {
    await using s = setup({}, TYPED);
    s.transport.hold();
    const call = s.pool.apply('math.square', { args: [2] });
    s.pool.close();
    await settle();
    s.transport.release();
    await s.pool.join();
    expect(await call).toBe(4);
  });
});

describe('a question that gets no good answer', () => {
  test.each(['THROTTLED', 'UNREACHABLE'] as const)('because of %s is asked again, and no call fails', async (code) => {
    await using s = setup({}, TYPED);
    s.transport.rejectNext(new LambdaPoolError(code, 'not now', { retryable: true }));
    const call = s.pool.apply('math.square', { args: [2] });
    await s.clock.advance(1_000);
    expect(await call).toBe(4);
    expect(s.transport.asked).toHaveLength(2);
  });

  test.each([new Error('socket hang up'), new LambdaPoolError('OUTCOME_UNKNOWN', 'socket hang up')])(
    'because it was lost (%s) is asked again: no call was on its way',
    async (lost) => {
      await using s = setup({}, TYPED);
      s.transport.rejectNext(lost);
      const call = s.pool.apply('math.square', { args: [2] });
      await s.clock.advance(1_000);
      expect(await call).toBe(4);
    },
  );

  test('because the answer breaks off is asked again', async () => {
    await using s = setup({}, TYPED);
    s.transport.answerNext({ payload: '{"lambdapool":1,"timeo' });
    const call = s.pool.apply('math.square', { args: [2] });
    await s.clock.advance(1_000);
    expect(await call).toBe(4);
  });

  test('and never does fails as what was never reached, without a call', async () => {
    await using s = setup({}, TYPED);
    s.transport.rejectNext(...range(100).map(() => new Error('socket hang up')));
    const call = rejection(s.pool.apply('math.square', { args: [2] }));
    await s.clock.advance(10_000);
    expect(await call).toMatchObject({ code: 'UNREACHABLE', message: expect.stringContaining('socket hang up') });
    expect(s.transport.seen).toEqual([]);
  });

  test('because the environment ended is asked again at once, but not for ever', async () => {
    await using s = setup({}, TYPED);
    s.transport.dieNext('Runtime.ExitError', 'exit status 1');
    expect(await s.pool.apply('math.square', { args: [2] })).toBe(4);
    await using dead = setup({}, TYPED);
    for (const _ of range(3)) dead.transport.dieNext('Runtime.ExitError', 'exit status 1');
    expect(await rejection(dead.pool.apply('math.square', { args: [2] }))).toMatchObject({
      code: 'INIT_FAILED',
      message: expect.stringContaining('Runtime.ExitError: exit status 1'),
    });
    expect(dead.transport.asked).toHaveLength(3);
    expect(await dead.pool.apply('math.square', { args: [2] })).toBe(4);
  });

  test('because the function does not start says so', async () => {
    await using s = setup({}, TYPED);
    s.transport.dieNext('Runtime.ImportModuleError', "Error: Cannot find module 'index'");
    const error = await rejection(s.pool.apply('math.square', { args: [2] }));
    expect(error).toMatchObject({ code: 'INIT_FAILED', details: { errorType: 'Runtime.ImportModuleError' } });
    expect((error as Error).message).toContain('Cannot find module');
  });

  test.each(['null', '"hello"', '{"statusCode":200}', '', '{"lambdapool":1}', '{"lambdapool":1,"manifest":{}}'])(
    'but %j is from no lambdapool function',
    async (payload) => {
      await using s = setup({}, TYPED);
      s.transport.answerNext({ payload });
      const error = await rejection(s.pool.apply('math.square', { args: [2] }));
      expect(error).toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
      expect((error as Error).message).toContain(
        `does not hold a lambdapool agent: asked for its tasks, it answered ${payload}`,
      );
      expect((error as Error).message).toContain('`lambdaEntrypoint`');
    },
  );

  test('but an error that a handler has thrown is from no lambdapool function', async () => {
    await using s = setup({}, TYPED);
    s.transport.dieNext('TypeError', "Cannot read properties of undefined (reading 'body')");
    const error = await rejection(s.pool.apply('math.square', { args: [2] }));
    expect(error).toMatchObject({ code: 'FUNCTION_NOT_FOUND', message: expect.stringContaining("reading 'body'") });
  });

  test('because the agent is too old to know it names the command that updates the function', async () => {
    await using s = setup(
      {},
      { ...TYPED, deployment: { functionName: 'arn:aws:lambda:eu-west-1:123456789012:function:helpers:live' } },
    );
    s.transport.dieNext('EventInvalid', 'Expected `calls` to be an array of calls, got undefined.');
    const error = await rejection(s.pool.apply('math.square', { args: [2] }));
    expect(error).toMatchObject({ code: 'TASKS_DIFFER' });
    expect((error as Error).message).toMatch(/older lambdapool.*`lambdapool update helpers \.\/tasks`/s);
  });

  test.each([
    [0, /speaks version 0 .* this program version 1\. Deploy the function again .*`lambdapool update/],
    [2, /speaks version 2 .* this program version 1\. Update this program: `npm install lambdapool@latest`/],
  ])('because the agent speaks version %i says which side to update', async (version, says) => {
    await using refusing = setup({}, TYPED);
    refusing.transport.dieNext(
      'ProtocolMismatch',
      `The client speaks version 1 (number) of lambdapool's protocol, this function version ${version}. Whatever follows.`,
    );
    await using answering = setup({}, TYPED);
    answering.transport.answerNext({ payload: JSON.stringify({ lambdapool: version, manifest: {} }) });
    for (const s of [refusing, answering]) {
      const error = await rejection(s.pool.apply('math.square', { args: [2] }));
      expect(error).toMatchObject({ code: 'TASKS_DIFFER', details: { functionVersion: version } });
      expect((error as Error).message).toMatch(says);
    }
  });
});
