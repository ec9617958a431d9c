/** A function's life, the same on every target: created, found unchanged, changed, listed and deleted. */
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, test } from 'vitest';
import { deleteFunction } from '../../src/deploy/delete-function.ts';
import { createFunction, ensureFunction, updateFunction } from '../../src/deploy/deploy-function.ts';
import { listFunctions } from '../../src/deploy/list-functions.ts';
import type { Target } from '../../src/deploy/target/target.ts';
import { call, deploying, OTHER_CODE } from './place.ts';
import type { Deploying, Place } from './place.ts';

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'It did not reject.',
    (error: unknown) => error,
  );

/** What all targets say alike. Account, region and what only some have is told by `around`. */
function outcome({ functionName }: Deploying, target: Target): object {
  return {
    functionName,
    arn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
    created: false,
    changed: [],
    role: target.lambdaOnly ? 'not used' : `arn:aws:iam::000000000000:role/lambdapool/lambdapool-role-${functionName}`,
    logGroup: target.lambdaOnly ? 'not used' : `/aws/lambda/${functionName}`,
    hash: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
    zipBytes: expect.any(Number),
    unzippedBytes: expect.any(Number),
    tasks: ['math.add'],
    manifestHash: expect.stringMatching(/^[0-9a-f]{16}$/),
    runtime: 'nodejs24.x',
    architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64',
    memoryMb: 256,
    timeoutMs: 10_000,
    notes: [],
  };
}

/** Names of the requests to Lambda that change something, as the client sends them. */
async function writesOf(target: Target, work: () => Promise<unknown>): Promise<string[]> {
  const client: LambdaClient = await target.lambda();
  const writes: string[] = [];
  const note = { name: 'noteWrites', override: true };
  client.middlewareStack.add(
    (next, context) => (args) => {
      const name = String(context['commandName']).replace(/Command$/, '');
      if (!/^(Get|List|Invoke)/.test(name)) writes.push(name);
      return next(args);
    },
    { step: 'initialize', ...note },
  );
  try {
    await work();
  } finally {
    client.middlewareStack.remove(note.name);
  }
  return writes;
}

const architecture = process.arch === 'arm64' ? 'arm64' : 'x86_64';

export function describeLife(place: Place): void {
  describe(`a function on ${place.name}`, () => {
    test('is created, and then runs its tasks', async () => {
      await using d = await deploying(place);
      const deployed = await createFunction(d.target, d.request({ architecture }));
      expect(deployed).toEqual({
        ...outcome(d, d.target),
        created: true,
        changed: ['code', 'configuration'],
      });
      expect(await call(d, 'math.add', [2, 3])).toBe(5);
    });

    test('that is there as wanted is not touched: nothing is written', async () => {
      await using d = await deploying(place);
      const settings = { env: { STAGE: 'test' }, tags: { team: 'blue' } };
      const first = await ensureFunction(d.target, d.request({ architecture, ...settings }));
      let second: unknown;
      const writes = await writesOf(d.target, async () => {
        second = await ensureFunction(d.target, d.request({ architecture, ...settings }));
      });
      expect(writes).toEqual([]);
      expect(second).toEqual({ ...first, created: false, changed: [] });
    });

    test('gets new code, and nothing else is changed', async () => {
      await using d = await deploying(place);
      await createFunction(d.target, d.request({ architecture }));
      await d.root.write('math.ts', OTHER_CODE);
      let deployed: unknown;
      const writes = await writesOf(d.target, async () => {
        deployed = await updateFunction(d.target, d.request());
      });
      expect(writes).toEqual(['UpdateFunctionCode']);
      expect(deployed).toEqual({ ...outcome(d, d.target), changed: ['code'], tasks: ['math.add', 'math.zero'] });
      expect(await call(d, 'math.zero', [])).toBe(0);
    });

    test('gets another configuration, and its code stays', async () => {
      await using d = await deploying(place);
      await createFunction(d.target, d.request({ architecture }));
      let deployed: unknown;
      const settings = { memoryMb: 512, env: { STAGE: 'test' }, tags: { team: 'blue' } };
      const writes = await writesOf(d.target, async () => {
        deployed = await updateFunction(d.target, d.request(settings));
      });
      expect(writes).toEqual(['UpdateFunctionConfiguration', 'TagResource']);
      expect(deployed).toEqual({ ...outcome(d, d.target), memoryMb: 512, changed: ['configuration'] });
    });

    test('gets both at once, with the wait between them that Lambda asks for', async () => {
      await using d = await deploying(place);
      await createFunction(d.target, d.request({ architecture }));
      await d.root.write('math.ts', OTHER_CODE);
      const deployed = await updateFunction(d.target, d.request({ timeoutMs: 20_000 }));
      expect(deployed).toMatchObject({ changed: ['code', 'configuration'], timeoutMs: 20_000 });
    });

    test('is listed with what it is', async () => {
      await using d = await deploying(place);
      const { arn, hash, zipBytes } = await createFunction(d.target, d.request({ architecture }));
      const found = (await listFunctions(d.target)).find(({ functionName }) => functionName === d.functionName);
      expect(found).toEqual({
        functionName: d.functionName,
        arn,
        sizeBytes: zipBytes,
        lastModified: expect.any(Date),
        memoryMb: 256,
        timeoutMs: 10_000,
        layers: [],
        version: '0.0.0',
        runtime: 'nodejs24.x',
        architecture,
        hash,
      });
      expect(Math.abs(Date.now() - Number(found?.lastModified))).toBeLessThan(60_000);
    });

    test('is deleted with all that was made for it, and then is not there', async () => {
      await using d = await deploying(place);
      await createFunction(d.target, d.request({ architecture }));
      const { deleted, notes } = await deleteFunction(d.target, d.functionName);
      expect(deleted).toEqual(d.target.lambdaOnly ? ['function'] : ['function', 'role', 'log group']);
      expect(notes).toEqual([]);
      expect(await rejection(deleteFunction(d.target, d.functionName))).toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
      expect(await rejection(updateFunction(d.target, d.request()))).toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
    });

    test('is not created twice', async () => {
      await using d = await deploying(place);
      await createFunction(d.target, d.request({ architecture }));
      const error = await rejection(createFunction(d.target, d.request({ architecture })));
      expect(error).toMatchObject({ code: 'DEPLOY_FAILED' });
      expect(String(error)).toContain(`There is a function ${d.functionName} in ${d.target.endpoint} already.`);
    });

    test('of somebody else is neither changed nor deleted', async () => {
      await using d = await deploying(place);
      await createOthers(d);
      for (const work of [
        () => ensureFunction(d.target, d.request({ architecture })),
        () => deleteFunction(d.target, d.functionName),
      ]) {
        const error = await rejection(work());
        expect(error).toMatchObject({ code: 'DEPLOY_FAILED' });
        expect(String(error)).toContain('was not deployed by lambdapool');
      }
      expect((await listFunctions(d.target)).map(({ functionName }) => functionName)).not.toContain(d.functionName);
      const { DeleteFunctionCommand } = await import('@aws-sdk/client-lambda');
      await (await d.target.lambda()).send(new DeleteFunctionCommand({ FunctionName: d.functionName }));
    });

    test('that is deployed twice at once ends well in both', async () => {
      await using d = await deploying(place);
      const both = await Promise.all([
        ensureFunction(d.target, d.request({ architecture })),
        ensureFunction(d.target, d.request({ architecture })),
      ]);
      expect(new Set(both.map(({ hash }) => hash)).size).toBe(1);
      expect(await call(d, 'math.add', [1, 1])).toBe(2);
    });
  });
}

async function createOthers({ target, functionName }: Deploying): Promise<void> {
  const [{ CreateFunctionCommand }, { zipSync, strToU8 }] = await Promise.all([
    import('@aws-sdk/client-lambda'),
    import('fflate'),
  ]);
  const client = await target.lambda();
  await client.send(
    new CreateFunctionCommand({
      FunctionName: functionName,
      Role: 'arn:aws:iam::000000000000:role/somebody',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { ZipFile: zipSync({ 'index.mjs': strToU8('export const handler = () => 1;') }) },
    }),
  );
}
