/** Deploying to the emulator, over HTTP. */
import { describe, expect, test } from 'vitest';
import { Emulator } from '../../emulator/emulator.ts';
import { startServer } from '../../emulator/http/server.ts';
import { createFunction } from '../../src/deploy/deploy-function.ts';
import { functionLogs } from '../../src/deploy/function-logs.ts';
import { openTarget } from '../../src/deploy/target.ts';
import { Scope } from '../../src/shared/scope.ts';
import { describeInterruptions } from './interruption.ts';
import { describeLife } from './life.ts';
import { deploying } from './place.ts';
import type { Place } from './place.ts';

const emulator: Place & { readonly lambdaOnly: boolean } = {
  name: 'the emulator',
  lambdaOnly: true,
  async open() {
    const scope = new Scope();
    const core = scope.use(new Emulator({ concurrency: 2 }));
    const server = scope.use(await startServer({ emulator: core }));
    // Nothing is set up: neither region nor keys.
    const target = scope.use(await openTarget({ endpoint: server.url }, {}));
    return { target, [Symbol.asyncDispose]: () => scope.close() };
  },
};

describeLife(emulator);
describeInterruptions(emulator);

describe('the emulator as a target', () => {
  test('is recognised by its answers, and needs neither region nor keys', async () => {
    await using opened = await emulator.open();
    expect(opened.target).toMatchObject({ isEmulator: true, lambdaOnly: true, region: 'us-east-1' });
  });

  test('says where its logs are', async () => {
    await using d = await deploying(emulator);
    await createFunction(d.target, d.request());
    const error = await functionLogs(d.target, d.functionName)
      .next()
      .catch((error: unknown) => error);
    expect(error).toMatchObject({ code: 'OPTION_INVALID' });
    expect(String(error)).toContain('`lambdapool dev`');
  });
});
