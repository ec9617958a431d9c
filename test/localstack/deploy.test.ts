/** Deploying to LocalStack, in a real container. */
import { CreateBucketCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { withCode, zipTasks } from '../../src/deploy/function/code.ts';
import { createFunction } from '../../src/deploy/deploy-function.ts';
import { functionLogs } from '../../src/deploy/function-logs.ts';
import type { FunctionLog } from '../../src/deploy/function-logs.ts';
import { createFunction as createOnly, deleteFunctionItself } from '../../src/deploy/function/lambda-api.ts';
import { waitUntilReady } from '../../src/deploy/function/ready.ts';
import { FIXED_ROLE } from '../../src/deploy/surroundings/role.ts';
import { openTarget } from '../../src/deploy/target/target.ts';
import { Work } from '../../src/deploy/work.ts';
import { describeLife } from '../deploy/life.ts';
import { deploying } from '../deploy/place.ts';
import type { Place } from '../deploy/place.ts';
import { eventually } from '../support/eventually.ts';
import { describeOnLocalStack } from '../support/localstack.ts';

describeOnLocalStack('deploying to LocalStack', ({ endpoint, region, credentials }) => {
  const localstack: Place = {
    name: 'LocalStack',
    async open() {
      const target = await openTarget({ endpoint, region, credentials }, {});
      return { target, [Symbol.asyncDispose]: () => target[Symbol.asyncDispose]() };
    },
  };
  describeLife(localstack);

  test('takes code that travels through a bucket, and leaves none there', async () => {
    await using d = await deploying(localstack);
    const work = new Work(d.target, d.functionName);
    const zipped = await zipTasks(work, { tasksRoot: d.root.directory }, 'x86_64');
    const s3 = await d.target.s3();
    const Bucket = `${d.functionName}-code`;
    await s3.send(new CreateBucketCommand({ Bucket }));
    // As if it were larger than a request.
    const large = { ...zipped, size: { ...zipped.size, inline: false }, bucket: Bucket };
    const created = await withCode(work, large, (Code) =>
      createOnly(work, { Code, Role: FIXED_ROLE, Runtime: 'nodejs24.x', Handler: 'index.handler' }),
    );
    expect(created.CodeSha256).toBe(zipped.sha256);
    expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
    await waitUntilReady(work);
    await deleteFunctionItself(work);
  });

  test('brings what functions log', async () => {
    await using d = await deploying(localstack);
    const architecture = process.arch === 'arm64' ? 'arm64' : 'x86_64';
    await createFunction(d.target, d.request({ architecture }));
    const lines = await eventually(async () => {
      const found: FunctionLog[] = [];
      for await (const line of functionLogs(d.target, d.functionName)) found.push(line);
      expect(found.some(({ text }) => text.startsWith('REPORT RequestId:'))).toBe(true);
      return found;
    }, 20_000);
    expect(lines[0]).toEqual({
      at: expect.any(Date),
      text: expect.stringMatching(/^START RequestId:/),
      stream: expect.stringContaining('[$LATEST]'),
    });
  });
});
