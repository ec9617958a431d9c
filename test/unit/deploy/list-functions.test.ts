import { expect, test } from 'vitest';
import { listFunctions } from '../../../src/deploy/list-functions.ts';
import { setup } from './setup.ts';
import type { Setup } from './setup.ts';

function put(s: Setup, name: string, [lastModified, creator]: readonly [string, string?]): void {
  const variables = creator === undefined ? {} : { CREATOR: creator, LAMBDAPOOL_VERSION: '1.2.3' };
  s.aws.lambda.functions.set(name, {
    configuration: {
      FunctionName: name,
      FunctionArn: `arn:aws:lambda:eu-central-1:123456789012:function:${name}`,
      CodeSize: 50_944,
      CodeSha256: 'hash',
      LastModified: lastModified,
      MemorySize: 256,
      Timeout: 30,
      Layers: [{ Arn: 'arn:layer:1' }],
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Environment: { Variables: variables },
    },
    tags: {},
    zip: new Uint8Array(),
    busyReads: 0,
  });
}

test('lists what is ours, of all pages, newest first', async () => {
  await using s = await setup();
  put(s, 'old', ['2026-01-01T00:00:00.000+0000', 'lambdapool']);
  put(s, 'others', ['2026-05-01T00:00:00.000+0000', 'terraform']);
  put(s, 'new', ['2026-11-01T12:30:00.000+0000', 'lambdapool']);
  put(s, 'unmarked', ['2026-05-01T00:00:00.000+0000']);
  put(s, 'middle', ['2026-05-01T00:00:00.000+0000', 'lambdapool']);
  const found = await listFunctions(s.target);
  expect(found.map(({ functionName }) => functionName)).toEqual(['new', 'middle', 'old']);
  expect(found[0]).toEqual({
    functionName: 'new',
    arn: 'arn:aws:lambda:eu-central-1:123456789012:function:new',
    sizeBytes: 50_944,
    lastModified: new Date('2026-11-01T12:30:00Z'),
    memoryMb: 256,
    timeoutMs: 30_000,
    layers: ['arn:layer:1'],
    version: '1.2.3',
    runtime: 'nodejs24.x',
    architecture: 'arm64',
    hash: 'hash',
  });
  expect(s.aws.actions).toEqual(['lambda:ListFunctions', 'lambda:ListFunctions', 'lambda:ListFunctions']);
});

test('lists nothing where there is nothing', async () => {
  await using s = await setup();
  expect(await listFunctions(s.target)).toEqual([]);
});
