/** What the control plane takes, shows and refuses. */
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Emulator } from '../../emulator/index.ts';
import { eventually } from '../support/eventually.ts';
import { zip } from '../support/zip.ts';
import { call } from './call.ts';
import { codeOf, create, folderOf, requestFor, versioned } from './control.ts';
import { TestCode } from './test-code.ts';

describe('the control plane', () => {
  test('a dry run tells what an update would bring, and changes nothing', async () => {
    await using emulator = new Emulator();
    await create(emulator, versioned(1));
    const before = emulator.controlPlane.catalog.getFunctionConfiguration({ FunctionName: 'f' });
    const dry = await emulator.controlPlane.updateFunctionCode({
      FunctionName: 'f',
      ZipFile: versioned(2),
      DryRun: true,
    });
    expect(dry.CodeSha256).not.toBe(before.CodeSha256);
    expect(dry.RevisionId).toBe(before.RevisionId);
    expect(emulator.controlPlane.catalog.getFunctionConfiguration({ FunctionName: 'f' })).toEqual(before);
    expect(readdirSync(folderOf(emulator))).toHaveLength(1);
  });

  test('a zip that leads out of its folder leaves nothing behind, and no function', async () => {
    await using emulator = new Emulator();
    await create(emulator, versioned(1));
    const folder = folderOf(emulator);
    const hostile = [
      [
        { name: 'index.mjs', contents: '1' },
        { name: '../../escaped.txt', contents: 'x' },
      ],
      [
        { name: 'link', contents: folder, mode: 0o120777 },
        { name: 'link/escaped.txt', contents: 'x' },
      ],
      [
        { name: 'index.mjs', contents: '1' },
        { name: 'bomb', contents: new Uint8Array(1_000_000), claimedBytes: 1 },
      ],
    ];
    for (const files of hostile) {
      const request = requestFor(zip(files), { FunctionName: 'hostile' });
      await expect(emulator.controlPlane.createFunction(request)).rejects.toMatchObject({
        name: 'InvalidParameterValueException',
        message: expect.stringContaining('Could not unzip uploaded file.'),
      });
      await expect(
        emulator.controlPlane.updateFunctionCode({ FunctionName: 'f', ZipFile: zip(files) }),
      ).rejects.toThrow('Could not unzip uploaded file.');
    }
    expect(readdirSync(folder)).toEqual(['1']);
    expect(readdirSync(dirname(folder))).not.toContain('escaped.txt');
    expect(emulator.controlPlane.catalog.listFunctions().Functions).toHaveLength(1);
    // An update that was refused is none: the next one is taken.
    await emulator.controlPlane.updateFunctionCode({ FunctionName: 'f', ZipFile: versioned(2) });
  });

  test('a zip of more than 50 MB is refused, as is code that lies elsewhere', async () => {
    await using emulator = new Emulator();
    const { controlPlane } = emulator;
    await expect(controlPlane.createFunction(requestFor(new Uint8Array(52_428_801)))).rejects.toMatchObject({
      name: 'RequestEntityTooLargeException',
      status: 413,
      message: 'Zipped size must be smaller than 52428800 bytes',
    });
    for (const [code, message] of [
      [{ S3Bucket: 'b', S3Key: 'k' }, 'This emulator takes code as ZipFile only'],
      [{ ImageUri: 'i' }, 'This emulator takes code as ZipFile only'],
      [{}, 'Please provide a source for function code.'],
    ] as const) {
      const request = Object.assign(requestFor(versioned(1)), { Code: code });
      await expect(controlPlane.createFunction(request)).rejects.toThrow(message);
    }
  });

  test('a function that the program registered is shown; what changes it is its source', async () => {
    await using emulator = new Emulator({ accountId: '111111111111' });
    const code = new TestCode('export const handler = () => 1;');
    emulator.register({ functionName: 'f', code, timeoutMs: 1500, memoryMb: 512, env: { LEVEL: 'x' } });
    const { controlPlane } = emulator;
    await emulator.ready('f');
    const before = controlPlane.catalog.getFunction({ FunctionName: 'f' });
    expect(before.Code).toEqual({ RepositoryType: 'S3' });
    expect(before.Configuration).toMatchObject({
      CodeSize: 0,
      Environment: { Variables: { LEVEL: 'x' } },
      FunctionArn: 'arn:aws:lambda:us-east-1:111111111111:function:f',
      Handler: 'index.handler',
      LastUpdateStatus: 'Successful',
      MemorySize: 512,
      State: 'Active',
      Timeout: 2,
    });
    expect(controlPlane.catalog.listFunctions().Functions.map(({ FunctionName }) => FunctionName)).toEqual(['f']);
    code.publish('export const handler = () => 2;');
    await eventually(() => {
      const { Configuration } = controlPlane.catalog.getFunction({ FunctionName: 'f' });
      expect(Configuration.CodeSha256).not.toBe(before.Configuration.CodeSha256);
    }, 5000);
    const changes = [
      () => controlPlane.updateFunctionCode({ FunctionName: 'f', ZipFile: versioned(1) }),
      () => controlPlane.updateFunctionConfiguration({ FunctionName: 'f', Timeout: 1 }),
      () => controlPlane.publishVersion({ FunctionName: 'f' }),
      () => controlPlane.deleteFunction({ FunctionName: 'f' }),
    ];
    for (const change of changes) {
      await expect(change()).rejects.toMatchObject({
        name: 'InvalidParameterValueException',
        message: expect.stringContaining(
          'is not possible for f: the program that runs this emulator registered it, and its code follows a folder.',
        ),
      });
    }
    await expect(controlPlane.createFunction(requestFor(versioned(1)))).rejects.toThrow('Function already exist: f');
  });

  test('a name that a function is created with cannot be registered', async () => {
    await using emulator = new Emulator();
    const created = emulator.controlPlane.createFunction(requestFor(versioned(1)));
    expect(() => emulator.register({ functionName: 'f', code: new TestCode('') })).toThrow('is registered already');
    await created;
    expect(() => emulator.register({ functionName: 'f', code: new TestCode('') })).toThrow('is registered already');
  });

  test('an update whose INIT does not end takes over after ten seconds, and can be mended then', async () => {
    await using emulator = new Emulator({ concurrency: 1 });
    await create(emulator, versioned(1), { Timeout: 900 });
    await emulator.ready('f');
    const hanging = codeOf('() => 2', 'await new Promise((resolve) => setTimeout(resolve, 3_600_000));');
    await emulator.controlPlane.updateFunctionCode({ FunctionName: 'f', ZipFile: hanging });
    await emulator.controlPlane.settled('f');
    const { Configuration } = emulator.controlPlane.catalog.getFunction({ FunctionName: 'f' });
    expect(Configuration.LastUpdateStatus).toBe('Successful');
    const waiting = call(emulator, {}, { functionName: 'f' });
    await emulator.controlPlane.updateFunctionCode({ FunctionName: 'f', ZipFile: versioned(3) });
    expect(await waiting).toBe(3);
  });

  test('the account has as much concurrency as the emulator has environments', async () => {
    await using emulator = new Emulator({ concurrency: 3 });
    await create(emulator, versioned(1));
    const { CodeSize } = emulator.controlPlane.catalog.getFunctionConfiguration({ FunctionName: 'f' });
    await emulator.controlPlane.publishVersion({ FunctionName: 'f' });
    expect(emulator.controlPlane.catalog.getAccountSettings()).toMatchObject({
      AccountLimit: { ConcurrentExecutions: 3, UnreservedConcurrentExecutions: 3 },
      AccountUsage: { FunctionCount: 1, TotalCodeSize: 2 * CodeSize },
    });
  });
});
