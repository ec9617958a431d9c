import { expect, test } from 'vitest';
import { LambdaExecutor } from '../../src/index.ts';
import { FakeTransport } from '../support/fake-transport.ts';

const refused = (option: string): unknown =>
  expect.objectContaining({
    code: 'OPTION_INVALID',
    message: expect.stringContaining(`\`${option}\``),
    details: { option },
  });

test('an executor over a given transport runs calls there and closes it at its end', async () => {
  const transport = new FakeTransport({ 'math.square': (n: number) => n * n });
  {
    await using executor = new LambdaExecutor({ maxWorkers: 2, transport });
    expect(await executor.submit('math.square', { args: [3] })).toBe(9);
  }
  expect(transport.timesDisposed).toBe(1);
});

test('options are those of a pool, but for maxWorkers', () => {
  const transport = new FakeTransport({});
  expect(() => new LambdaExecutor({ workers: 2, transport } as object)).toThrow(
    expect.objectContaining({ message: expect.stringContaining('`maxWorkers`') }),
  );
  expect(() => new LambdaExecutor({ maxWorkers: '3' as never, transport })).toThrow(refused('maxWorkers'));
  expect(() => new LambdaExecutor({ maxWorkers: 1, retries: -1, transport })).toThrow(refused('retries'));
});

test('on Lambda maxWorkers must be given, and the message names it', () => {
  expect(() => new LambdaExecutor({ transport: 'lambda', lambdaEntrypoint: 'math' })).toThrow(refused('maxWorkers'));
});
