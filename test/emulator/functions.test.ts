/** Functions that come as zips: made, run, changed, published, deleted. */
import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Emulator } from '../../emulator/index.ts';
import { eventually } from '../support/eventually.ts';
import { zipOf } from '../support/zip.ts';
import { call, ISOLATIONS, send } from './call.ts';
import { codeOf, create, createGate, folderOf, requestFor, versioned } from './control.ts';

const f = { functionName: 'f' };
const conflict = { name: 'ResourceConflictException', status: 409 };

function stateOf(emulator: Emulator): { State: string | undefined; LastUpdateStatus: string | undefined } {
  const { State, LastUpdateStatus } = emulator.controlPlane.catalog.getFunctionConfiguration({ FunctionName: 'f' });
  return { State, LastUpdateStatus };
}

describe.each(ISOLATIONS)('functions whose environments are a %s each', (isolation) => {
  const open = (concurrency = 2) => new Emulator({ isolation, concurrency });

  test('a function is Pending until its answer is out, and then runs', async () => {
    await using emulator = open();
    const { controlPlane } = emulator;
    const created = await controlPlane.createFunction(requestFor(versioned(1)));
    expect(created).toMatchObject({ State: 'Pending', Version: '$LATEST', StateReasonCode: 'Creating' });
    await expect(send(emulator, {}, f)).rejects.toMatchObject({
      ...conflict,
      message:
        'The operation cannot be performed at this time. The function is currently in the following state: Pending',
    });
    await emulator.ready('f');
    expect(stateOf(emulator)).toEqual({ State: 'Active', LastUpdateStatus: 'Successful' });
    expect(await call(emulator, {}, f)).toBe(1);
  });

  test.each([
    ['app/main.run', { 'app/main.mjs': 'export const run = async () => "ESM below a folder";' }],
    [
      'index.handler',
      {
        'index.js': 'exports.handler = async () => require("./lib/text.js");',
        'lib/text.js': 'module.exports = "CommonJS";',
      },
    ],
    ['index.nested.run', { 'index.mjs': 'export const nested = { run: async () => "a nested export" };' }],
    [
      'index.handler',
      { 'package.json': '{"type":"module"}', 'index.js': 'export const handler = async () => "type: module";' },
    ],
  ])('the handler %s of %j is found', async (Handler, files) => {
    await using emulator = open();
    await create(emulator, zipOf(files), { Handler });
    expect(JSON.stringify(files)).toContain(await call<string>(emulator, {}, f));
  });

  test('an update takes over while the old code ends what it runs; no call fails', async () => {
    await using gate = await createGate();
    await using emulator = open();
    await create(emulator, codeOf(`async (event) => { if (event.wait) await ${gate.wait}; return 1; }`));
    const slow = call(emulator, { wait: true }, f);
    expect(await call(emulator, {}, f)).toBe(1);
    const results: Promise<unknown>[] = [];
    const load = setInterval(() => results.push(call(emulator, {}, f)), 2);
    const updated = await emulator.controlPlane.updateFunctionCode({ FunctionName: 'f', ZipFile: versioned(2) });
    expect(updated).toMatchObject({ State: 'Active', LastUpdateStatus: 'InProgress' });
    await emulator.controlPlane.settled('f');
    clearInterval(load);
    expect(stateOf(emulator)).toEqual({ State: 'Active', LastUpdateStatus: 'Successful' });
    expect(await call(emulator, {}, f)).toBe(2);
    for (const result of await Promise.all(results)) expect([1, 2]).toContain(result);
    await gate.open();
    expect(await slow).toBe(1);
    // The old package goes with the last who ran it.
    await eventually(() => expect(readdirSync(folderOf(emulator))).toHaveLength(1), 5000);
  });

  test('an update is in progress until the new code is ready; until then there is no other', async () => {
    await using gate = await createGate();
    await using emulator = open();
    const { controlPlane } = emulator;
    await create(emulator, versioned(1));
    expect(await call(emulator, {}, f)).toBe(1);
    const before = controlPlane.catalog.getFunctionConfiguration({ FunctionName: 'f' });
    await controlPlane.updateFunctionCode({ FunctionName: 'f', ZipFile: codeOf('() => 2', `await ${gate.wait};`) });
    expect(stateOf(emulator)).toEqual({ State: 'Active', LastUpdateStatus: 'InProgress' });
    const others = [
      controlPlane.updateFunctionCode({ FunctionName: 'f', ZipFile: versioned(3) }),
      controlPlane.updateFunctionConfiguration({ FunctionName: 'f', Timeout: 5 }),
      controlPlane.publishVersion({ FunctionName: 'f' }),
    ];
    for (const other of others) {
      await expect(other).rejects.toMatchObject({
        ...conflict,
        message: expect.stringContaining('An update is in progress for resource: arn:aws:lambda:'),
      });
    }
    expect(await call(emulator, {}, f)).toBe(1);
    await gate.open();
    await controlPlane.settled('f');
    expect(await call(emulator, {}, f)).toBe(2);
    const after = controlPlane.catalog.getFunctionConfiguration({ FunctionName: 'f' });
    expect(after.LastUpdateStatus).toBe('Successful');
    expect(after.CodeSha256).not.toBe(before.CodeSha256);
    expect(after.RevisionId).not.toBe(before.RevisionId);
  });

  test('two updates at once: one is refused, and the other is what runs', async () => {
    await using emulator = open();
    await create(emulator, versioned(1));
    const { controlPlane } = emulator;
    const both = await Promise.allSettled(
      [2, 3].map((version) => controlPlane.updateFunctionCode({ FunctionName: 'f', ZipFile: versioned(version) })),
    );
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await controlPlane.settled('f');
    expect(await call(emulator, {}, f)).toBe(2);
  });

  test('other settings make other environments, and those that run end with the old ones', async () => {
    await using gate = await createGate();
    await using emulator = open();
    const show = `async (event, context) => {
      if (event.wait) await ${gate.wait};
      return [process.env.LEVEL, context.memoryLimitInMB, context.getRemainingTimeInMillis() > 20_000, process.env._HANDLER, process.env.AWS_EXECUTION_ENV];
    }`;
    const code = zipOf({ 'index.mjs': `export const handler = ${show};`, 'other.mjs': `export const run = ${show};` });
    await create(emulator, code, { Environment: { Variables: { LEVEL: 'one' } } });
    const old = ['one', '128', false, 'index.handler', 'AWS_Lambda_nodejs24.x'];
    expect(await call(emulator, {}, f)).toEqual(old);
    const slow = call(emulator, { wait: true }, f);
    await emulator.controlPlane.updateFunctionConfiguration({
      FunctionName: 'f',
      Environment: { Variables: { LEVEL: 'two' } },
      MemorySize: 256,
      Timeout: 60,
      Handler: 'other.run',
      Runtime: 'nodejs22.x',
    });
    await emulator.controlPlane.settled('f');
    expect(await call(emulator, {}, f)).toEqual(['two', '256', true, 'other.run', 'AWS_Lambda_nodejs22.x']);
    await gate.open();
    expect(await slow).toEqual(old);
    const result = await send(emulator, {}, { ...f, logType: 'Tail' });
    expect(result.logTail).toContain('\tMemory Size: 256 MB\t');
  });

  test('while other settings are on their way, environments that start besides have the old ones', async () => {
    await using start = await createGate();
    await using end = await createGate();
    await using emulator = open();
    const code = codeOf(
      `async (event) => { if (event.wait) await ${end.wait}; return process.env.LEVEL; }`,
      `if (process.env.LEVEL === 'two') await ${start.wait};`,
    );
    await create(emulator, code, { Environment: { Variables: { LEVEL: 'one' } } });
    expect(await call(emulator, {}, f)).toBe('one');
    const Environment = { Variables: { LEVEL: 'two' } };
    await emulator.controlPlane.updateFunctionConfiguration({ FunctionName: 'f', Environment });
    const both = [call(emulator, { wait: true }, f), call(emulator, { wait: true }, f)];
    await eventually(() => expect(emulator.stats('f').busy).toBe(2), 5000);
    await end.open();
    expect(await Promise.all(both)).toEqual(['one', 'one']);
    await start.open();
    await emulator.controlPlane.settled('f');
    expect(await call(emulator, {}, f)).toBe('two');
  });

  test('a shorter timeout holds for the next invocation', async () => {
    await using emulator = open(1);
    await create(emulator, codeOf('() => new Promise((resolve) => setTimeout(resolve, 30_000))'));
    await emulator.ready('f');
    await emulator.controlPlane.updateFunctionConfiguration({ FunctionName: 'f', Timeout: 1 });
    await emulator.controlPlane.settled('f');
    expect((await send(emulator, {}, f)).payload).toContain('Task timed out after 1.00 seconds');
  });

  test('a version stays what it was, in environments of its own', async () => {
    await using emulator = open();
    const { controlPlane } = emulator;
    const show = (code: number) =>
      codeOf(
        `(event, context) => [${code}, context.functionVersion, process.env.LEVEL, context.invokedFunctionArn, context.logStreamName.includes(\`[\${context.functionVersion}]\`)]`,
      );
    await create(emulator, show(1), { Environment: { Variables: { LEVEL: 'one' } } });
    const published = await controlPlane.publishVersion({ FunctionName: 'f' });
    expect(published).toMatchObject({ Version: '1', State: 'Active', LastUpdateStatus: 'Successful' });
    expect(await controlPlane.publishVersion({ FunctionName: 'f' })).toEqual(published);
    await controlPlane.updateFunctionConfiguration({ FunctionName: 'f', Environment: { Variables: { LEVEL: 'two' } } });
    await controlPlane.settled('f');
    const second = await controlPlane.updateFunctionCode({ FunctionName: 'f', ZipFile: show(2), Publish: true });
    expect(second).toMatchObject({ Version: '2', State: 'Pending', FunctionArn: expect.stringMatching(/:f:2$/) });
    await controlPlane.settled('f');
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:f';
    expect(await call(emulator, {}, f)).toEqual([2, '$LATEST', 'two', arn, true]);
    expect(await call(emulator, {}, { ...f, qualifier: '1' })).toEqual([1, '1', 'one', `${arn}:1`, true]);
    expect(await call(emulator, {}, { ...f, qualifier: '2' })).toEqual([2, '2', 'two', `${arn}:2`, true]);
    const logged = await send(emulator, {}, { ...f, qualifier: '1', logType: 'Tail' });
    expect(logged.executedVersion).toBe('1');
    expect(logged.logTail).toContain(' Version: 1\n');

    await controlPlane.deleteFunction({ FunctionName: 'f', Qualifier: '1' });
    await expect(send(emulator, {}, { ...f, qualifier: '1' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Function not found: ${arn}:1`,
    });
    expect(await call(emulator, {}, { ...f, qualifier: '2' })).toEqual([2, '2', 'two', `${arn}:2`, true]);
  });

  test('functions side by side share nothing', async () => {
    await using emulator = open();
    const counter = 'let count = 0;';
    for (const name of ['a', 'b']) {
      const handler = codeOf(`() => process.env.NAME + (count += 1)`, counter);
      await create(emulator, handler, { FunctionName: name, Environment: { Variables: { NAME: name } } });
    }
    const results = [];
    for (const functionName of ['a', 'b', 'a', 'b']) results.push(await call(emulator, {}, { functionName }));
    expect(results).toEqual(['a1', 'b1', 'a2', 'b2']);
  });

  test('a function that is deleted ends what it has accepted, then it is gone with its files', async () => {
    await using gate = await createGate();
    await using emulator = open(1);
    await create(emulator, codeOf(`async () => { await ${gate.wait}; return 'ended'; }`));
    await create(emulator, versioned(1), { FunctionName: 'other' });
    const running = call(emulator, {}, f);
    const waiting = call(emulator, {}, f);
    await emulator.controlPlane.deleteFunction({ FunctionName: 'f' });
    await expect(send(emulator, {}, f)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await create(emulator, versioned(7));
    await gate.open();
    expect(await Promise.all([running, waiting])).toEqual(['ended', 'ended']);
    expect(await call(emulator, {}, f)).toBe(7);
    await eventually(() => expect(readdirSync(folderOf(emulator))).toHaveLength(2), 5000);
  });

  test('an Event that waits when an update comes runs on the new code', async () => {
    await using gate = await createGate();
    await using emulator = open(1);
    const logs: string[] = [];
    emulator.on('invocation.finished', ({ log }) => logs.push(log));
    await create(emulator, codeOf(`async () => { await ${gate.wait}; console.log('old code'); }`));
    const running = call(emulator, {}, f);
    await eventually(() => expect(emulator.stats('f').busy).toBe(1), 5000);
    await send(emulator, {}, { ...f, invocationType: 'Event' });
    const ZipFile = codeOf(`() => console.log('new code')`);
    await emulator.controlPlane.updateFunctionCode({ FunctionName: 'f', ZipFile });
    await emulator.controlPlane.settled('f');
    await eventually(() => expect(logs.join('')).toContain('new code'), 5000);
    await gate.open();
    await running;
    expect(logs.join('').match(/old code|new code/g)).toEqual(['new code', 'old code']);
  });

  test('new code that does not load is what runs, and can be mended', async () => {
    await using emulator = open();
    await create(emulator, versioned(1));
    expect(await call(emulator, {}, f)).toBe(1);
    const broken = zipOf({ 'index.mjs': 'throw new Error("broken");' });
    await emulator.controlPlane.updateFunctionCode({ FunctionName: 'f', ZipFile: broken });
    await emulator.controlPlane.settled('f');
    expect(await send(emulator, {}, f)).toMatchObject({ functionError: 'Unhandled' });
    await emulator.controlPlane.updateFunctionCode({ FunctionName: 'f', ZipFile: versioned(3) });
    await emulator.controlPlane.settled('f');
    expect(await call(emulator, {}, f)).toBe(3);
  });

  test('the end of the emulator removes all packages', async () => {
    const emulator = open();
    await create(emulator, versioned(1));
    await call(emulator, {}, f);
    const folder = folderOf(emulator);
    // Takes longer to unpack than the environments take to end.
    const large = zipOf(Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`${index}.txt`, 'x'])));
    const late = emulator.controlPlane.createFunction(requestFor(large, { FunctionName: 'late' }));
    await emulator.terminate();
    await late.catch(() => undefined);
    expect(existsSync(folder)).toBe(false);
    expect(() => emulator.controlPlane).toThrow('The emulator is closed.');
  });
});
