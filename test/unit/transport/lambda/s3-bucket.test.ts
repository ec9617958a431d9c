/** Where the objects go: to S3 of the same target, and to nobody else. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openS3Bucket } from '../../../../src/transport/lambda/s3-bucket.ts';
import { ObjectHost, refuse } from '../../../support/object-host.ts';
import { rejection } from '../../pool/setup.ts';

const VARIABLES = [
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_LAMBDA',
  'AWS_ENDPOINT_URL_S3',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_PROFILE',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_EC2_METADATA_DISABLED',
];
const saved = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]));
const keys = { credentials: { accessKeyId: 'AKID', secretAccessKey: 'topsecret' } };
const access = { functionName: 'f', region: 'eu-central-1', ...keys };

let host: ObjectHost;
beforeEach(async () => {
  host = await ObjectHost.start();
  for (const name of VARIABLES) delete process.env[name];
  process.env['AWS_CONFIG_FILE'] = '/dev/null';
  process.env['AWS_SHARED_CREDENTIALS_FILE'] = '/dev/null';
  process.env['AWS_EC2_METADATA_DISABLED'] = 'true';
});
afterEach(async () => {
  for (const [name, value] of Object.entries(saved)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  await host[Symbol.asyncDispose]();
});

describe('on AWS', () => {
  test('URLs are for one object and half an hour, in the region of the function; a PUT fixes the type and no checksum', async () => {
    await using bucket = await openS3Bucket('payloads', access);
    expect(bucket.isLocal).toBe(false);
    const put = new URL(await bucket.sign('PUT', 'lambdapool/a.json'));
    expect(put.origin + put.pathname).toBe('https://payloads.s3.eu-central-1.amazonaws.com/lambdapool/a.json');
    const query = Object.fromEntries(put.searchParams);
    expect(query).toMatchObject({ 'X-Amz-Expires': '1860', 'X-Amz-SignedHeaders': 'content-type;host' });
    expect(Object.keys(query).filter((name) => /checksum/i.test(name))).toEqual([]);
    expect(put.href).not.toContain('topsecret');
    const signatures = await Promise.all(
      (['GET', 'PUT', 'DELETE'] as const).map(async (method) => bucket.sign(method, 'k')),
    );
    expect(new Set(signatures.map((url) => new URL(url).searchParams.get('X-Amz-Signature'))).size).toBe(3);
  });

  test('the ARN of the function says which region', async () => {
    const functionName = 'arn:aws:lambda:ap-south-1:123456789012:function:f';
    await using bucket = await openS3Bucket('payloads', { functionName, ...keys });
    expect(await bucket.sign('GET', 'k')).toContain('//payloads.s3.ap-south-1.amazonaws.com/k?');
  });

  test('an endpoint of Lambda that is AWS, as in a VPC, leaves S3 where it is', async () => {
    const endpoint = 'https://vpce-1.lambda.eu-central-1.vpce.amazonaws.com';
    await using bucket = await openS3Bucket('payloads', { ...access, endpoint });
    expect(await bucket.sign('GET', 'k')).toContain('//payloads.s3.eu-central-1.amazonaws.com/k?');
  });

  test('without a region or keys one sentence says so, and nothing is sent', async () => {
    expect(await rejection(openS3Bucket('payloads', { functionName: 'f' }))).toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining('No AWS region is set'),
    });
    await using bucket = await openS3Bucket('payloads', { functionName: 'f', region: 'eu-central-1' });
    expect(await rejection(Promise.resolve(bucket.sign('GET', 'k')))).toMatchObject({
      code: 'ACCESS_DENIED',
      message: expect.stringContaining('No usable AWS credentials'),
    });
  });
});

describe('at a stand-in', () => {
  test.each<[string, () => Promise<{ readonly endpoint?: string }>]>([
    ['the option `endpoint`', async () => ({ endpoint: host.origin })],
    [
      'the option `endpoint`, also where the environment names another one for all services',
      async () => {
        process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:1';
        return { endpoint: host.origin };
      },
    ],
    ['AWS_ENDPOINT_URL', async () => setVariable('AWS_ENDPOINT_URL')],
    ['AWS_ENDPOINT_URL_LAMBDA alone', async () => setVariable('AWS_ENDPOINT_URL_LAMBDA')],
  ])('%s is where S3 is, in path style', async (_, set) => {
    await using bucket = await openS3Bucket('payloads', { ...access, ...(await set()) });
    expect(await bucket.sign('PUT', 'lambdapool/a')).toContain(`${host.origin}/payloads/lambdapool/a?`);
    expect(host.seen.map(({ method, url }) => `${method} ${url.split('?')[0]}`)).toEqual(['HEAD /payloads/']);
  });

  test('AWS_ENDPOINT_URL_S3 is for S3 alone, and counts most', async () => {
    setVariable('AWS_ENDPOINT_URL_S3');
    await using bucket = await openS3Bucket('payloads', { ...access, endpoint: 'http://127.0.0.1:1' });
    expect(await bucket.sign('GET', 'k')).toContain(`${host.origin}/payloads/k?`);
  });

  test('a bucket that is missing is made, in its region', async () => {
    host.next((response) => void response.writeHead(404).end());
    await using bucket = await openS3Bucket('payloads', { ...access, endpoint: host.origin });
    expect(host.methods()).toBe('HEAD PUT');
    expect(host.objects.get('/payloads') ?? host.objects.get('/payloads/')).toContain(
      '<LocationConstraint>eu-central-1<',
    );
    expect(bucket.isLocal).toBe(false);
  });

  test('our emulator is known by its header: what runs there finds the objects at the same URLs', async () => {
    host.next((response) => void response.writeHead(200, { 'x-lambdapool-emulator': '1.0.0' }).end());
    await using bucket = await openS3Bucket('payloads', { ...access, endpoint: host.origin });
    expect(bucket.isLocal).toBe(true);
  });

  test('that is not there, or says no, is told without the signature', async () => {
    host.next(refuse(403, 'AccessDenied'));
    const refused = await rejection(openS3Bucket('payloads', { ...access, endpoint: host.origin }));
    expect(refused).toMatchObject({ code: 'ACCESS_DENIED', message: expect.stringContaining('the bucket payloads') });
    const gone = await rejection(openS3Bucket('payloads', { ...access, endpoint: 'http://127.0.0.1:1' }));
    expect(gone).toMatchObject({ code: 'UNREACHABLE', retryable: true });
    expect(String(refused) + String(gone)).not.toMatch(/Signature|AKID/);
  });
});

function setVariable(name: string): object {
  process.env[name] = host.origin;
  return {};
}
