import { describe, expect, test } from 'vitest';
import { READY_WITHIN_MS, waitUntilReady } from '../../../../src/deploy/function/ready.ts';
import { createFunction } from '../../../../src/deploy/deploy-function.ts';
import { Work } from '../../../../src/deploy/work.ts';
import { rejection, setup } from '../setup.ts';

describe('waitUntilReady', () => {
  test('looks often at first and then seldom, and ends with what is ready', async () => {
    await using s = await setup();
    await createFunction(s.target, s.request(), s.options);
    const work = new Work(s.target, 'helpers', { timing: s.timing });
    const made = s.aws.lambda.functions.get('helpers');
    Object.assign(made?.configuration ?? {}, { State: 'Pending' });
    if (made !== undefined) made.busyReads = 10;
    expect(await waitUntilReady(work)).toMatchObject({ State: 'Active', LastUpdateStatus: 'Successful' });
    expect(s.timing.slept).toEqual([100, 200, 300, 500, 500, 1000, 1000, 2000, 2000, 2000]);
  });

  test('does not wait forever, and says what it waited for', async () => {
    await using s = await setup();
    await createFunction(s.target, s.request(), s.options);
    const made = s.aws.lambda.functions.get('helpers');
    Object.assign(made?.configuration ?? {}, { State: 'Pending', StateReason: 'The function is being created.' });
    if (made !== undefined) made.busyReads = Infinity;
    const work = new Work(s.target, 'helpers', { timing: s.timing });
    const error = await rejection(waitUntilReady(work));
    expect(error).toMatchObject({ code: 'DEPLOY_FAILED', details: { state: 'Pending' } });
    expect(String(error)).toContain('not ready within 300 s: State Pending');
    expect(String(error)).toContain('The function is being created.');
    expect(s.timing.now()).toBeGreaterThan(READY_WITHIN_MS);
    expect(s.timing.now()).toBeLessThan(READY_WITHIN_MS + 5000);
  });

  test('takes a function that was not called for weeks for ready: the next call wakes it', async () => {
    await using s = await setup();
    await createFunction(s.target, s.request(), s.options);
    Object.assign(s.aws.lambda.functions.get('helpers')?.configuration ?? {}, { State: 'Inactive' });
    const work = new Work(s.target, 'helpers', { timing: s.timing });
    expect(await waitUntilReady(work)).toMatchObject({ State: 'Inactive' });
  });

  test('notices that the function was deleted meanwhile', async () => {
    await using s = await setup();
    const work = new Work(s.target, 'helpers', { timing: s.timing });
    expect(await rejection(waitUntilReady(work))).toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
  });
});
