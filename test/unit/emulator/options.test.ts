import { describe, expect, test } from 'vitest';
import { Emulator, ServiceError } from '../../../emulator/index.ts';
import { resolveEmulatorOptions, resolveFunctionOptions } from '../../../emulator/options.ts';
import type { CodeSource } from '../../../src/bundle/code-source.ts';

const code: CodeSource = {
  current: () => Promise.reject(new Error('not in this test')),
  onChange: () => ({ [Symbol.dispose]: () => {} }),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

describe('options', () => {
  test('have these defaults', () => {
    expect(resolveEmulatorOptions({})).toMatchObject({
      isolation: 'process',
      accountId: '000000000000',
      region: 'us-east-1',
      eventRetryDelaysMs: [60_000, 120_000],
    });
    expect(resolveFunctionOptions({ code })).toMatchObject({
      functionName: 'lambdapool',
      memoryMb: 1769,
      timeoutMs: 60_000,
      runtime: 'nodejs24.x',
    });
  });

  test.each([
    [{ isolation: 'vm' }, "Expected the option `isolation` to be 'process' or 'thread', got \"vm\" (string)."],
    [{ concurrency: 0 }, 'Expected the option `concurrency` to be an integer from 1 to 10000, got 0 (number).'],
    [{ accountId: '12' }, 'Expected the option `accountId` to be a string of twelve digits, got "12" (string).'],
    [{ region: 'here' }, 'Expected the option `region` to be a region like \'us-east-1\', got "here" (string).'],
    [
      { eventRetryDelaysMs: [1, 2, 3] },
      'Expected the option `eventRetryDelaysMs` to be an array of at most 2 numbers, got an array of 3.',
    ],
    [{ workers: 2 }, 'Emulator has no option `workers`.'],
  ])('of an emulator: %j is refused', (options, message) => {
    const create = (): Emulator => new Emulator(options as never);
    expect(create).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(message) }),
    );
  });

  test.each([
    [{ functionName: 'a b' }, 'Expected the option `functionName` to be a name of up to 64 letters'],
    [{ memoryMb: 64 }, 'Expected the option `memoryMb` to be an integer from 128 to 10240, got 64 (number).'],
    [{ timeoutMs: 0 }, 'Expected the option `timeoutMs` to be an integer from 1 to 900000, got 0 (number).'],
    [{ runtime: 'nodejs20.x' }, "Expected the option `runtime` to be 'nodejs22.x' or 'nodejs24.x'"],
    [{ env: { A: 1 } }, 'Expected the option `env.A` to be a string, got a number.'],
    [{ env: { A: 'a\0b' } }, 'Expected the option `env` to be variables without NUL'],
    [{ env: { _HANDLER: 'x' } }, 'The option `env` sets _HANDLER, which Lambda reserves for itself.'],
    [{ env: { A: 'x'.repeat(5000) } }, 'takes 5008 bytes as JSON; Lambda allows 4096.'],
    [{ code: {} }, 'Expected the option `code` to be a code source, got an object.'],
    [{ handler: 'index.handler' }, 'register has no option `handler`.'],
  ])('of a function: %j is refused', (options, message) => {
    const register = (): void => new Emulator().register({ code, ...options } as never);
    expect(register).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(message) }),
    );
  });

  test('a name is registered once', () => {
    const emulator = new Emulator();
    emulator.register({ code });
    expect(() => emulator.register({ code })).toThrow(/The function `lambdapool` is registered already/);
  });
});

describe('requests that never reach a function', () => {
  const emulator = new Emulator({ region: 'eu-west-1' });
  emulator.register({ code });
  const refused = async (request: Parameters<Emulator['invoke']>[0]): Promise<ServiceError> => {
    const error: unknown = await emulator.invoke(request).catch((thrown: unknown) => thrown);
    if (error instanceof ServiceError) return error;
    throw new Error('It was not refused.');
  };

  test('an unknown function is not found', async () => {
    expect(await refused({ functionName: 'other', payload: '{}' })).toMatchObject({
      name: 'ResourceNotFoundException',
      status: 404,
      messageKey: 'Message',
      extra: { Type: 'User' },
      message: 'Function not found: arn:aws:lambda:eu-west-1:000000000000:function:other:$LATEST',
    });
    expect((await refused({ functionName: 'lambdapool', qualifier: 'live', payload: '{}' })).message).toMatch(
      /:lambdapool:live$/,
    );
    expect(() => emulator.stats('other')).toThrow(ServiceError);
  });

  test.each([
    [undefined, 6_291_456, 'Request must be smaller than 6291456 bytes for the InvokeFunction operation'],
    ['Event', 1_048_576, '1048578 byte payload is too large for the Event invocation type (limit 1048576 bytes)'],
  ] as const)('a payload that is too large for %s is refused by its bytes', async (invocationType, limit, message) => {
    // Two bytes each: half as many characters as bytes.
    const payload = `"${'ü'.repeat(limit / 2)}"`;
    const error = await refused({ functionName: 'lambdapool', payload, invocationType });
    expect(error).toMatchObject({
      name: 'RequestEntityTooLargeException',
      status: 413,
      messageKey: 'Message',
      message,
    });
  });
});
