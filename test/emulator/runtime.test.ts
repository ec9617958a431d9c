import { describe, expect, test } from 'vitest';
import { Emulator } from '../../emulator/index.ts';
import { call, failure, ISOLATIONS, send } from './call.ts';
import { TestCode } from './test-code.ts';

describe.each(ISOLATIONS)('in an environment that is a %s', (isolation) => {
  const create = (runtime: 'nodejs22.x' | 'nodejs24.x', handler: string): Emulator => {
    const emulator = new Emulator({ isolation, concurrency: 1 });
    emulator.register({ runtime, timeoutMs: 20_000, code: new TestCode(`export const handler = ${handler};`) });
    return emulator;
  };

  test('Node 24’s context has these members, in this order', async () => {
    await using emulator = create('nodejs24.x', `async (event, context) => ({ keys: Object.keys(context), context })`);
    const clientContext = JSON.stringify({ custom: { a: 1 } }, null, 2);
    const result = await send(emulator, {}, { clientContext, traceId: 'Root=1-2-3' });
    const { keys, context } = JSON.parse(result.payload);
    expect(keys).toEqual([
      'clientContext',
      'identity',
      'invokedFunctionArn',
      'awsRequestId',
      'tenantId',
      'xRayTraceId',
      'getRemainingTimeInMillis',
      'functionName',
      'functionVersion',
      'memoryLimitInMB',
      'logGroupName',
      'logStreamName',
    ]);
    expect(context).toEqual({
      clientContext: { custom: { a: 1 } },
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:lambdapool',
      awsRequestId: result.requestId,
      xRayTraceId: 'Root=1-2-3',
      functionName: 'lambdapool',
      functionVersion: '$LATEST',
      memoryLimitInMB: '1769',
      logGroupName: '/aws/lambda/lambdapool',
      logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
    });
  });

  test('Node 22’s context has these members, in this order', async () => {
    await using emulator = create(
      'nodejs22.x',
      `async (event, context) => [Object.keys(context), context.callbackWaitsForEmptyEventLoop]`,
    );
    expect(await call(emulator, {})).toEqual([
      [
        'callbackWaitsForEmptyEventLoop',
        'succeed',
        'fail',
        'done',
        'functionVersion',
        'functionName',
        'memoryLimitInMB',
        'logGroupName',
        'logStreamName',
        'clientContext',
        'identity',
        'invokedFunctionArn',
        'awsRequestId',
        'tenantId',
        'getRemainingTimeInMillis',
      ],
      true,
    ]);
  });

  test('Node 24 refuses a handler with a callback', async () => {
    await using emulator = create('nodejs24.x', `(event, context, callback) => callback(null, 1)`);
    expect(await failure(emulator, {})).toMatchObject({
      errorType: 'Runtime.CallbackHandlerDeprecated',
      errorMessage: expect.stringContaining('has removed support for callback-based function handlers'),
    });
  });

  test('Node 22 takes callbacks, which wait for the event loop unless told otherwise', async () => {
    await using emulator = create(
      'nodejs22.x',
      `(event, context, callback) => {
        globalThis.ticks ??= 0;
        if (event.fail) return callback(new TypeError('no'));
        if (event.hurry) context.callbackWaitsForEmptyEventLoop = false;
        setTimeout(() => { globalThis.ticks += 1; }, 30);
        callback(null, { get ticks() { return globalThis.ticks; } });
        callback(null, 'only the first counts');
      }`,
    );
    expect(await call(emulator, {})).toEqual({ ticks: 1 });
    expect(await call(emulator, { hurry: true })).toEqual({ ticks: 1 });
    expect(await failure(emulator, { fail: true })).toMatchObject({ errorType: 'TypeError', errorMessage: 'no' });
  });

  test('Node 22 knows context.succeed, fail and done', async () => {
    await using emulator = create(
      'nodejs22.x',
      `(event, context) => { setTimeout(() => context[event.how](...event.args), 1); }`,
    );
    expect(await call(emulator, { how: 'succeed', args: [7] })).toBe(7);
    expect(await call(emulator, { how: 'done', args: [null, 8] })).toBe(8);
    expect(await failure(emulator, { how: 'done', args: ['bad'] })).toMatchObject({
      errorType: 'string',
      errorMessage: 'bad',
    });
    expect(await failure(emulator, { how: 'fail', args: ['worse'] })).toMatchObject({ errorMessage: 'worse' });
  });

  test('Node 22 answers for handlers that never do', async () => {
    await using silent = create('nodejs22.x', `() => {}`);
    expect(await call(silent, {})).toBe(null);
    await using pending = create('nodejs22.x', `async () => new Promise(() => {})`);
    const error = await failure(pending, {});
    expect(error.errorType).toBe('Runtime.NodeJsExit');
    expect(error.errorMessage).toMatch(/^The Lambda runtime client detected an unexpected Node\.js exit code\./);
  });

  test('Node 22 names rejections and exceptions that nobody handles, and starts anew', async () => {
    await using emulator = create(
      'nodejs22.x',
      `async (kind) => {
        globalThis.runs = (globalThis.runs ?? 0) + 1;
        if (kind === 'reject') { Promise.reject(new Error('stray')); await new Promise((r) => setTimeout(r, 5000)); }
        if (kind === 'throw') { setTimeout(() => { throw new RangeError('wild'); }, 1); await new Promise((r) => setTimeout(r, 5000)); }
        return globalThis.runs;
      }`,
    );
    const stray = await failure(emulator, 'reject');
    expect(stray).toMatchObject({ errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'Error: stray' });
    expect(stray.log).toContain(
      '\tERROR\tUnhandled Promise Rejection \t{"errorType":"Runtime.UnhandledPromiseRejection"',
    );
    expect(await failure(emulator, 'throw')).toMatchObject({ errorType: 'RangeError', errorMessage: 'wild' });
    expect(await call(emulator, '')).toBe(1);
  });

  test('nothing of the host’s environment is visible but what is listed', async () => {
    process.env['LAMBDAPOOL_TEST_SECRET'] = 'secret';
    try {
      await using emulator = new Emulator({ isolation, region: 'eu-west-1', accountId: '123456789012' });
      emulator.register({
        code: new TestCode(`export const handler = async () => process.env;`),
        env: { MINE: 'yes', AWS_ACCESS_KEY_ID: 'own' },
        memoryMb: 256,
      });
      const env = await call<Record<string, string>>(emulator, {});
      expect(env).toMatchObject({
        MINE: 'yes',
        AWS_ACCESS_KEY_ID: 'own',
        AWS_REGION: 'eu-west-1',
        AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
        _HANDLER: 'index.handler',
        TZ: ':UTC',
      });
      const allowed =
        /^(MINE|AWS_.*|_AWS_XRAY_.*|_HANDLER|LAMBDA_(RUNTIME_DIR|TASK_ROOT)|LAMBDAPOOL_EMULATOR|LANG|TZ|PWD|SHLVL|PATH)$/;
      expect(Object.keys(env).filter((name) => !allowed.test(name))).toEqual([]);
    } finally {
      delete process.env['LAMBDAPOOL_TEST_SECRET'];
    }
  });

  test('CommonJS, folders and nested exports are found', async () => {
    const emulatorFor = (code: TestCode): Emulator => {
      const emulator = new Emulator({ isolation, concurrency: 1 });
      emulator.register({ code });
      return emulator;
    };
    await using common = emulatorFor(TestCode.of({ 'app.cjs': `exports.handler = async () => 'cjs';` }, 'app.handler'));
    expect(await call(common, {})).toBe('cjs');
    await using nested = emulatorFor(
      TestCode.of({ 'app.mjs': `export const api = { v1: { run: () => 'deep' } };` }, 'app.api.v1.run'),
    );
    expect(await call(nested, {})).toBe('deep');
    await using byDefault = emulatorFor(
      TestCode.of({ 'app.mjs': `export default { handler: () => 'default' };` }, 'app.handler'),
    );
    expect(await call(byDefault, {})).toBe('default');
  });
});

test('a process has the code’s folder as working directory', async () => {
  await using emulator = new Emulator({ concurrency: 1 });
  emulator.register({
    code: new TestCode(`
      import { realpathSync } from 'node:fs';
      export const handler = async () => [process.cwd(), process.env.PWD, process.env.LAMBDA_TASK_ROOT].map((path) => realpathSync(path));
    `),
  });
  expect(new Set(await call<string[]>(emulator, {})).size).toBe(1);
});

test.runIf(process.platform === 'linux')('processes that the code starts do not get its channel (Linux)', async () => {
  await using emulator = new Emulator({ concurrency: 1 });
  emulator.register({
    code: new TestCode(`
      import { spawnSync } from 'node:child_process';
      import { readlinkSync } from 'node:fs';
      export const handler = async () => ({
        channel: readlinkSync('/proc/self/fd/3'),
        child: spawnSync('/bin/ls', ['-l', '/proc/self/fd'], { encoding: 'utf8' }).stdout,
      });
    `),
  });
  const { channel, child } = await call<{ channel: string; child: string }>(emulator, {});
  expect(channel).toMatch(/^socket:/);
  expect(child).toContain('/proc/');
  expect(child).not.toContain(channel);
});
