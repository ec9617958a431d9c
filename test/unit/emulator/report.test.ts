import { describe, expect, test } from 'vitest';
import { answered, exited, timedOut, type Outcome } from '../../../emulator/invocations/outcome.ts';
import { createReport, describeInitFailure, renderLog, type Ending } from '../../../emulator/invocations/report.ts';
import { createResult } from '../../../emulator/invocations/result.ts';
import { Run } from '../../../emulator/invocations/run.ts';

const ID = '6f1ed002-ab5d-4a1b-8a3d-0123456789ab';
const FUNCTION = { functionName: 'f', version: '$LATEST', memoryMb: 128 };

function run(wantsLogTail = false): Run {
  const request = {
    requestId: ID,
    functionArn: 'arn',
    payload: '{}',
    traceId: '',
    clientContext: '',
    wantsLogTail,
    signal: undefined,
  };
  return new Run(request, { resolve: () => {}, reject: () => {}, inFlight: { enter: () => {}, leave: () => {} } });
}

const ending = (outcome: Outcome, more: Partial<Ending> = {}): Ending => ({
  outcome,
  durationMs: 3.011,
  initMs: undefined,
  maxMemoryMb: 36,
  generation: 1,
  ...more,
});

const ok = answered({ payload: '1', errorType: undefined, memoryMb: 36, last: false });

describe('the log of an invocation', () => {
  test('is what AWS writes for a cold start, tabs included', () => {
    const cold = run();
    cold.initLog = 'loading\n';
    cold.appendLog('hello\n');
    expect(renderLog(cold, ending(ok, { initMs: 110.1 }), FUNCTION)).toBe(
      `loading\nSTART RequestId: ${ID} Version: $LATEST\nhello\nEND RequestId: ${ID}\n` +
        `REPORT RequestId: ${ID}\tDuration: 3.01 ms\tBilled Duration: 114 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\tInit Duration: 110.10 ms\t\n`,
    );
  });

  test('ends the last line of the output', () => {
    const open = run();
    open.appendLog('no line end');
    expect(renderLog(open, ending(ok), FUNCTION)).toContain(`no line end\nEND RequestId: ${ID}\n`);
  });

  test('says that time ran out', () => {
    const log = renderLog(run(), ending(timedOut(ID, 1500), { durationMs: 1500 }), FUNCTION);
    expect(log).toMatch(new RegExp(`Z ${ID} Task timed out after 1\\.50 seconds\n\nEND `));
    expect(log).toMatch(/\tDuration: 1500\.00 ms\tBilled Duration: 1500 ms\t.*\tStatus: timeout\n$/);
  });

  test('says that memory ran out, and that all of it was used', () => {
    const outcome = exited(ID, { reason: 'signal: killed', outOfMemory: true });
    expect(renderLog(run(), ending(outcome), FUNCTION)).toMatch(
      /\tMax Memory Used: 128 MB\tStatus: error\tError Type: Runtime\.OutOfMemory\n$/,
    );
  });

  test('has no status for what the handler threw', () => {
    const thrown = answered({ payload: '{"errorMessage":"no"}', errorType: 'TypeError', memoryMb: 1, last: false });
    expect(renderLog(run(), ending(thrown), FUNCTION)).not.toContain('Status');
    expect(createReport(run(), ending(thrown), FUNCTION)).toMatchObject({
      status: 'error',
      errorType: 'TypeError',
      errorMessage: 'no',
    });
  });

  test('has a line for an INIT that failed', () => {
    const outcome: Outcome = { payload: '{}', errorType: 'Error', status: 'error', reportedType: 'Error' };
    expect(describeInitFailure(outcome, 229.044)).toBe(
      'INIT_REPORT Init Duration: 229.04 ms\tPhase: invoke\tStatus: error\tError Type: Error\n',
    );
  });
});

describe('a result', () => {
  const facts = { reported: FUNCTION, buildError: undefined };

  test('of a success has nothing but the answer', () => {
    expect(createResult(run(), ending(ok), facts)).toEqual({
      requestId: ID,
      statusCode: 200,
      payload: '1',
      executedVersion: '$LATEST',
    });
  });

  test('of a failure is marked, with tail and build error as asked for', () => {
    const outcome = exited(ID, { reason: undefined, outOfMemory: false });
    expect(createResult(run(true), ending(outcome), { ...facts, buildError: 'a.ts:1:1' })).toEqual({
      billing: { durationMs: 3.011, billedMs: 4, memoryMb: 128, isColdStart: false },
      requestId: ID,
      statusCode: 200,
      payload: `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ${ID} Error: Runtime exited without providing a reason"}`,
      executedVersion: '$LATEST',
      functionError: 'Unhandled',
      logTail: expect.stringContaining(`REPORT RequestId: ${ID}`),
      buildError: 'a.ts:1:1',
    });
  });
});
