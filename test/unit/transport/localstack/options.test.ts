import { expect, test } from 'vitest';
import { localstackTransport } from '../../../../src/transport/localstack.ts';

test.each<[object, string]>([
  [{ tasksroot: '.' }, '`tasksroot`'],
  [{ tasksRoot: 5 }, '`tasksRoot`'],
  [{ functionName: '' }, '`functionName`'],
  [{ memoryMb: 64 }, '`memoryMb`'],
  [{ timeoutMs: 1_500 }, '`timeoutMs` to be whole seconds'],
  [{ timeoutMs: 0 }, '`timeoutMs`'],
  [{ env: { A: 1 } }, '`env.A`'],
  [{ endpoint: 'localhost:4566' }, '`endpoint` to be an http: or https: URL'],
  [{ payloadBucket: 'No Bucket' }, '`payloadBucket`'],
  [{ image: '' }, '`image`'],
])('%j is refused at once', (options, message) => {
  expect(() => localstackTransport(options)).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(message) }),
  );
});

test('one that was never used is closed at once, and refuses calls afterwards', async () => {
  const transport = localstackTransport({ endpoint: 'http://127.0.0.1:9' });
  await transport[Symbol.asyncDispose]();
  const { signal } = new AbortController();
  await expect(transport.invoke({ payload: '{}', logs: false }, { signal })).rejects.toMatchObject({
    code: 'POOL_CLOSED',
  });
});

test('a signal ends the wait for the start', async () => {
  await using transport = localstackTransport({ endpoint: 'http://127.0.0.1:9' });
  const reason = new Error('no longer needed');
  const controller = new AbortController();
  const invocation = transport.invoke({ payload: '{}', logs: false }, { signal: controller.signal });
  controller.abort(reason);
  await expect(invocation).rejects.toBe(reason);
});
