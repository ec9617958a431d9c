import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { withCode } from '../../../../src/deploy/function/code.ts';
import { openTarget } from '../../../../src/deploy/target/target.ts';
import { Work } from '../../../../src/deploy/work.ts';
import type { Step } from '../../../../src/deploy/work.ts';
import { ApiError } from '../fake-aws/api-error.ts';
import { rejection, setup } from '../setup.ts';

const zip = Buffer.from('a zip');
const sha256 = createHash('sha256').update(zip).digest('base64');
const KEY = `lambdapool/helpers/${Buffer.from(sha256, 'base64').toString('hex')}.zip`;
/** As if it were larger than a request. */
const size = { zippedBytes: 60 * 1024 * 1024, unzippedBytes: 1, inline: false, largest: 'node_modules/sharp (40 MB)' };
const large = { zip, sha256, size, bucket: 'my-bucket' };

describe('code that is too large for a request', () => {
  test('travels through the bucket, and is deleted there', async () => {
    await using s = await setup();
    const work = new Work(s.target, 'helpers', s.options);
    const code = await withCode(work, large, async (code) => {
      expect(s.aws.objects.get(`my-bucket/${KEY}`)).toEqual(zip);
      return Promise.resolve(code);
    });
    expect(code).toEqual({ S3Bucket: 'my-bucket', S3Key: KEY });
    expect(s.aws.actions).toEqual(['s3:PutObject', 's3:DeleteObject']);
    expect(s.aws.objects.size).toBe(0);
    expect(s.steps.at(-1)).toMatchObject({ name: 'upload', phase: 'end', detail: `s3://my-bucket/${KEY}` });
  });

  test('is deleted there also where Lambda refuses it', async () => {
    await using s = await setup();
    const work = new Work(s.target, 'helpers', s.options);
    const refused = new Error('refused');
    expect(await rejection(withCode(work, large, () => Promise.reject(refused)))).toBe(refused);
    expect(s.aws.objects.size).toBe(0);
  });

  test('is deleted there also where the upload is interrupted', async () => {
    await using s = await setup();
    const controller = new AbortController();
    const onStep = ({ name, phase }: Step): void => {
      if (name === 'upload' && phase === 'end') controller.abort(new Error('Ctrl-C'));
    };
    const work = new Work(s.target, 'helpers', { ...s.options, onStep, signal: controller.signal });
    expect(await rejection(withCode(work, large, () => Promise.resolve()))).toEqual(new Error('Ctrl-C'));
    expect(s.aws.actions).toEqual(['s3:PutObject', 's3:DeleteObject']);
  });

  test('needs a bucket, and says so with the largest parts', async () => {
    await using s = await setup();
    const work = new Work(s.target, 'helpers', s.options);
    const error = await rejection(withCode(work, { ...large, bucket: undefined }, () => Promise.resolve()));
    expect(error).toMatchObject({ code: 'PAYLOAD_TOO_LARGE', details: { option: 'codeBucket' } });
    expect(String(error)).toContain('60 MB zipped');
    expect(String(error)).toContain('node_modules/sharp (40 MB)');
    expect(s.aws.actions).toEqual([]);
  });

  test('cannot go where there is no S3', async () => {
    await using s = await setup();
    await using target = await openTarget({ region: 'eu-central-1' }, { AWS_ENDPOINT_URL_LAMBDA: s.aws.url });
    const work = new Work(target, 'helpers', s.options);
    const error = await rejection(withCode(work, large, () => Promise.resolve()));
    expect(error).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    expect(String(error)).toContain('this target has no S3');
  });

  test('tells a bucket that is not there', async () => {
    await using s = await setup();
    s.aws.fail('s3:PutObject', new ApiError(404, 'NoSuchBucket', 'The specified bucket does not exist'));
    const work = new Work(s.target, 'helpers', s.options);
    const error = await rejection(withCode(work, large, () => Promise.resolve()));
    expect(error).toMatchObject({ code: 'DEPLOY_FAILED', details: { awsCode: 'NoSuchBucket' } });
    expect(String(error)).toContain('The specified bucket does not exist');
  });
});

test('small code travels in the request', async () => {
  await using s = await setup();
  const work = new Work(s.target, 'helpers', s.options);
  const small = { ...large, size: { ...size, inline: true } };
  expect(await withCode(work, small, (code) => Promise.resolve(code))).toEqual({ ZipFile: zip });
  expect(s.aws.actions).toEqual([]);
});
