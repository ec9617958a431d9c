/** Large values through LocalStack's S3, and what is left there. */
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { FIXTURES } from '../contract/fixtures.ts';
import { LambdaPool, localstackTransport } from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { describeOnLocalStack } from '../support/localstack.ts';

const MEGABYTE = 1024 * 1024;
const payloadBucket = 'lambdapool-claim-test';

describeOnLocalStack('large values', ({ endpoint, region, credentials }) => {
  async function objects(): Promise<readonly string[]> {
    const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
    try {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: payloadBucket }));
      return Contents.map(({ Key = '' }) => Key);
    } finally {
      client.destroy();
    }
  }

  test('20 MB there and back, mixed with small calls, leave no object', async () => {
    const transport = localstackTransport({ tasksRoot: FIXTURES, endpoint, payloadBucket });
    await using pool = new LambdaPool({ workers: 2, transport });
    const large = 'x'.repeat(20 * MEGABYTE);
    const items = ['a', large, 'b', 'c', large];
    const results = await pool.map('echo.echo', items, { chunksize: 5 });
    expect(results.map((each, at) => each === items[at])).toEqual(items.map(() => true));
    await eventually(async () => expect(await objects()).toEqual([]), 10_000);
  });

  test('a failure, an abort and the end of the pool leave no request', async () => {
    const transport = localstackTransport({ tasksRoot: FIXTURES, endpoint, payloadBucket });
    const large = 'x'.repeat(20 * MEGABYTE);
    {
      await using pool = new LambdaPool({ workers: 2, transport });
      await expect(pool.apply('math.factorial', { args: [large] })).rejects.toMatchObject({ code: 'TASK_THREW' });
      const controller = new AbortController();
      const given = pool.apply('echo.echo', { args: [large], signal: controller.signal });
      await eventually(async () => expect((await objects()).length).toBeGreaterThan(0), 20_000);
      controller.abort(new RangeError('enough'));
      await expect(given).rejects.toThrow('enough');
    }
    expect((await objects()).filter((key) => key.endsWith('.request.json'))).toEqual([]);
  });
});
