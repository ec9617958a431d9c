import { describe, expect, test } from 'vitest';
import { Emulator } from '../../emulator/index.ts';
import { call, failure, ISOLATIONS, send } from './call.ts';
import { TestCode } from './test-code.ts';

const FAULTS = `
  let count = 0;
  class Odd extends Error { name = 'Odd'; code = 'E_ODD'; }
  export const handler = async (event) => {
    count += 1;
    console.log('starting', event.fault);
    switch (event.fault) {
      case 'throw': throw new Odd('it is odd');
      case 'throw-text': throw 'text';
      case 'throw-undefined': throw undefined;
      case 'exit': return process.exit(event.code);
      case 'loop': for (;;);
      case 'heap': { const all = []; for (;;) all.push(new Array(100_000).fill(count)); }
      case 'stray': Promise.reject(new Error('nobody listens')); return 1;
      case 'late': setTimeout(() => { throw new Error('too late'); }, 1); await new Promise((r) => setTimeout(r, 5000)); return 1;
      case 'never': return new Promise(() => {});
      case 'big': return 'x'.repeat(event.size);
      case 'bigint': return 1n;
      case 'flood': for (let i = 0; i < 40_000; i += 1) console.log(i, 'x'.repeat(100)); console.log('the last line'); return 1;
    }
    return { count };
  };
`;

describe.each(ISOLATIONS)('in an environment that is a %s', (isolation) => {
  const create = (options: { timeoutMs?: number; memoryMb?: number; code?: TestCode } = {}): Emulator => {
    const { code = new TestCode(FAULTS), ...rest } = options;
    const emulator = new Emulator({ isolation, concurrency: 1 });
    emulator.register({ code, timeoutMs: 20_000, ...rest });
    return emulator;
  };

  test('what the handler throws comes back as Lambda words it, and the environment lives on', async () => {
    await using emulator = create();
    const error = await failure(emulator, { fault: 'throw' });
    expect(error).toMatchObject({ errorType: 'Odd', errorMessage: 'it is odd' });
    expect(error.trace?.[0]).toMatch(/: it is odd$/);
    expect(error.trace?.[1]).toContain('index.mjs:');
    expect(error.log).toMatch(/\tINFO\tstarting throw\n/);
    expect(error.log).toMatch(/\tERROR\tInvoke Error \t\{"errorType":"Odd","errorMessage":"it is odd","code":"E_ODD",/);
    expect(await failure(emulator, { fault: 'throw-text' })).toMatchObject({
      errorType: 'string',
      errorMessage: 'text',
      trace: [],
    });
    expect(await failure(emulator, { fault: 'throw-undefined' })).toMatchObject({
      errorType: 'undefined',
      errorMessage: 'undefined',
    });
    expect(await failure(emulator, { fault: 'bigint' })).toMatchObject({ errorType: 'Runtime.JSONStringifyError' });
    expect(await call(emulator, {})).toEqual({ count: 5 });
  });

  test.each([
    { event: { fault: 'exit', code: 0 }, text: 'Runtime exited without providing a reason' },
    { event: { fault: 'exit', code: 127 }, text: 'Runtime exited with error: exit status 127' },
    { event: { fault: 'stray' }, text: 'Runtime exited with error: exit status 1', log: 'nobody listens' },
    { event: { fault: 'late' }, text: 'Runtime exited with error: exit status 1', log: 'too late' },
    { event: { fault: 'never' }, text: 'Runtime exited without providing a reason' },
  ])('$event ends one invocation, and the next gets a new environment', async ({ event, text, log }) => {
    await using emulator = create();
    const error = await failure(emulator, event);
    expect(error).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${error.requestId} Error: ${text}`,
    });
    expect(error.log).toContain(`\tINFO\tstarting ${event.fault}\n`);
    if (log !== undefined) expect(error.log).toContain(log);
    expect(error.log).toMatch(/\tStatus: error\tError Type: Runtime\.ExitError\n$/);
    expect(await call(emulator, {})).toEqual({ count: 1 });
  });

  test('an endless loop is killed at the timeout', async () => {
    await using emulator = create({ timeoutMs: 1000 });
    await emulator.ready();
    const startedAt = performance.now();
    const result = await send(emulator, { fault: 'loop' }, { logType: 'Tail' });
    const tookMs = performance.now() - startedAt;
    expect(tookMs).toBeGreaterThan(990);
    expect(tookMs).toBeLessThan(2500);
    const id = result.requestId;
    expect(result.payload).toBe(
      `{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: ${id} Error: Task timed out after 1.00 seconds"}`,
    );
    expect(result.logTail).toMatch(/\tINFO\tstarting loop\n/);
    expect(result.logTail).toContain(` ${id} Task timed out after 1.00 seconds\n\nEND RequestId: ${id}\n`);
    expect(result.logTail).toContain('\tDuration: 1000.00 ms\tBilled Duration: 1000 ms\t');
    expect(result.logTail).toMatch(/\tStatus: timeout\n$/);
    expect(await call(emulator, {})).toEqual({ count: 1 });
  });

  test('the timeout counts from the start of each invocation, not of the first', async () => {
    await using emulator = create({
      timeoutMs: 400,
      code: new TestCode(`export const handler = (ms) => new Promise((resolve) => setTimeout(resolve, ms, ms));`),
    });
    for (let index = 0; index < 4; index += 1) expect(await call(emulator, 250)).toBe(250);
  });

  test('a heap that is full is out of memory', async () => {
    await using emulator = create({ memoryMb: 128 });
    const error = await failure(emulator, { fault: 'heap' });
    expect(error.errorType).toBe('Runtime.ExitError');
    expect(error.errorMessage).toMatch(/ Error: Runtime exited with error: signal: (killed|aborted)$/);
    expect(error.log).toContain('\tMax Memory Used: 128 MB\t');
    expect(error.log).toMatch(/\tStatus: error\tError Type: Runtime\.OutOfMemory\n$/);
    expect(await call(emulator, {})).toEqual({ count: 1 });
  });

  test('an answer of 6 MiB passes, a larger one does not', async () => {
    await using emulator = create();
    const size = 6_291_456 - 2;
    expect((await call<string>(emulator, { fault: 'big', size })).length).toBe(size);
    const tooLarge = await send(emulator, { fault: 'big', size: size + 101 });
    expect(tooLarge).toMatchObject({
      functionError: 'Unhandled',
      payload:
        '{"errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes).","errorType":"Function.ResponseSizeTooLarge"}',
    });
  });

  test('a flood of output neither harms nor loses the end', async () => {
    await using emulator = create();
    const logs: string[] = [];
    emulator.on('invocation.finished', ({ log }) => logs.push(log));
    const result = await send(emulator, { fault: 'flood' }, { logType: 'Tail' });
    expect(result.payload).toBe('1');
    expect(result.logTail).toContain('the last line');
    expect(Buffer.byteLength(result.logTail ?? '')).toBeLessThanOrEqual(4096);
    expect(logs[0]?.length).toBeLessThan(1_100_000);
    expect(logs[0]).toContain('\tINFO\t0 xxx');
    expect(logs[0]).toMatch(/\[\d+ characters of the log are left out here\]/);
  });

  describe('code that does not load', () => {
    test.each([
      {
        what: 'a syntax error',
        code: () => new TestCode('export const handler = () => {'),
        errorType: 'Runtime.UserCodeSyntaxError',
        message: /^SyntaxError: /,
      },
      {
        what: 'a handler that is missing',
        code: () => new TestCode('export const other = 1;'),
        errorType: 'Runtime.HandlerNotFound',
        message: /^index\.handler is undefined or not exported$/,
      },
      {
        what: 'a handler that is no function',
        code: () => new TestCode('export const handler = {};'),
        errorType: 'Runtime.HandlerNotFound',
        message: /^index\.handler is not a function$/,
      },
      {
        what: 'a file that is missing',
        code: () => new TestCode('', 'app.handler'),
        errorType: 'Runtime.ImportModuleError',
        message: /^Error: Cannot find module '.*app'/,
      },
      {
        what: 'a name that leads out',
        code: () => new TestCode('', '../index.handler'),
        errorType: 'Runtime.MalformedHandlerName',
        message: /^'\.\.\/index\.handler' is not a valid handler name\./,
      },
      {
        what: 'a throw at the top',
        code: () => new TestCode(`console.log('before'); throw new RangeError('top');`),
        errorType: 'RangeError',
        message: /^top$/,
      },
      {
        what: 'an exit at the top',
        code: () => new TestCode(`process.exit(3); export const handler = 1;`),
        errorType: 'Runtime.ExitError',
        message: /^RequestId: [-0-9a-f]{36} Error: Runtime exited with error: exit status 3$/,
      },
    ])('$what is told to each caller', async ({ code, errorType, message }) => {
      await using emulator = create({ code: code() });
      const errors = await Promise.all([failure(emulator, {}), failure(emulator, {})]);
      for (const error of errors) {
        expect(error.errorType).toBe(errorType);
        expect(error.errorMessage).toMatch(message);
        expect(error.log).toMatch(
          /^(.*\n)*INIT_REPORT Init Duration: .* ms\tPhase: invoke\tStatus: error\tError Type: /,
        );
        expect(error.log).toMatch(new RegExp(`\tStatus: error\tError Type: ${errorType}\n$`));
      }
      expect(errors[0]?.requestId).not.toBe(errors[1]?.requestId);
      await emulator.ready();
    });
  });

  test('a neighbour and the emulator outlive a crash', async () => {
    await using emulator = new Emulator({ isolation, concurrency: 2 });
    emulator.register({
      code: new TestCode(`export const handler = async ({ ms, code }) => {
        await new Promise((resolve) => setTimeout(resolve, ms));
        if (code) process.exit(code);
        return 'alive';
      };`),
    });
    const [neighbour, crashed] = await Promise.all([
      call(emulator, { ms: 500 }),
      failure(emulator, { ms: 1, code: 9 }),
    ]);
    expect(neighbour).toBe('alive');
    expect(crashed.errorMessage).toContain('exit status 9');
  });
});

test.runIf(process.platform === 'linux')('memory outside of the heap counts too (Linux)', async () => {
  await using emulator = new Emulator({ concurrency: 1 });
  emulator.register({
    memoryMb: 192,
    code: new TestCode(`export const handler = async () => {
      const all = [];
      for (;;) { all.push(Buffer.alloc(8_388_608, 1)); await new Promise((resolve) => setTimeout(resolve, 10)); }
    };`),
  });
  const error = await failure(emulator, {});
  expect(error.errorMessage).toBe(`RequestId: ${error.requestId} Error: Runtime exited with error: signal: killed`);
  expect(error.log).toContain('\tMax Memory Used: 192 MB\t');
  expect(error.log).toMatch(/\tStatus: error\tError Type: Runtime\.OutOfMemory\n$/);
});

test.runIf(process.platform !== 'win32')('a signal is named', async () => {
  await using emulator = new Emulator({ concurrency: 1 });
  emulator.register({
    code: new TestCode(
      `export const handler = async (signal) => { process.kill(process.pid, signal); await new Promise((r) => setTimeout(r, 5000)); };`,
    ),
  });
  expect((await failure(emulator, 'SIGSEGV')).errorMessage).toMatch(/signal: segmentation fault \(core dumped\)$/);
  expect((await failure(emulator, 'SIGKILL')).errorMessage).toMatch(/signal: killed$/);
  const killed = await failure(emulator, 'SIGKILL');
  expect(killed.log).toMatch(/Error Type: Runtime\.ExitError\n$/);
});
