/** Event invocations of functions that change or go before their retries. */
import { expect, test } from 'vitest';
import { Emulator } from '../../emulator/index.ts';
import { eventually } from '../support/eventually.ts';
import { call, send } from './call.ts';
import { codeOf, create } from './control.ts';
import { TestCode } from './test-code.ts';

const FAILING = codeOf(`() => { throw new Error('first'); }`);
const event = { functionName: 'f', invocationType: 'Event' } as const;

test('a retry runs on the function that has the name by then', async () => {
  await using emulator = new Emulator({ isolation: 'thread', eventRetryDelaysMs: [20] });
  await create(emulator, FAILING);
  const logs: string[] = [];
  emulator.on('invocation.finished', ({ log, status }) => {
    logs.push(`${status} ${log}`);
    if (logs.length > 1) return;
    void emulator.controlPlane.deleteFunction({ FunctionName: 'f' });
    emulator.register({
      functionName: 'f',
      code: new TestCode(`export const handler = async () => console.log('another');`),
    });
  });
  await send(emulator, {}, event);
  await eventually(() => expect(logs).toHaveLength(2), 5000);
  expect(logs[0]).toMatch(/^error .*first/s);
  expect(logs[1]).toMatch(/^success .*another/s);
});

test('a retry is dropped when the function is gone', async () => {
  await using emulator = new Emulator({ isolation: 'thread', eventRetryDelaysMs: [20] });
  await create(emulator, FAILING);
  await create(emulator, FAILING, { FunctionName: 'later' });
  const finished: string[] = [];
  emulator.on('invocation.finished', ({ functionName }) => {
    finished.push(functionName);
    if (finished.length > 1) return;
    void emulator.controlPlane.deleteFunction({ FunctionName: 'f' });
    void send(emulator, {}, { ...event, functionName: 'later' });
  });
  await send(emulator, {}, event);
  // Its retry was due before that of `later`.
  await eventually(() => expect(finished).toHaveLength(3), 5000);
  expect(finished).toEqual(['f', 'later', 'later']);
  await create(emulator, codeOf('() => "back"'));
  expect(await call(emulator, {}, { functionName: 'f' })).toBe('back');
});
