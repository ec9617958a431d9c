/** Which URLs of a request the agent believes to be objects. */
import { describe, expect, test } from 'vitest';
import { isHostOfObjects } from '../../../agent/claim-hosts.ts';

const at = (url: string, env = {}): boolean => isHostOfObjects(new URL(url), env);

describe('objects may be', () => {
  test.each([
    'https://bucket.s3.amazonaws.com/key?X-Amz-Signature=1',
    'https://bucket.s3.eu-central-1.amazonaws.com/key',
    'https://s3.eu-central-1.amazonaws.com/my.bucket/key',
    'https://s3-us-west-2.amazonaws.com/bucket/key',
    'https://my.dotted.bucket.s3.us-east-1.amazonaws.com/key',
    'https://bucket.s3.us-gov-west-1.amazonaws.com/key',
    'https://bucket.s3-fips.dualstack.us-east-1.amazonaws.com/key',
    'https://bucket.s3.dualstack.us-west-2.amazonaws.com/key',
    'https://bucket.s3-accelerate.dualstack.amazonaws.com/key',
    'https://ap-123456789012.s3-accesspoint.us-west-2.amazonaws.com/key',
    'https://alias.accesspoint.s3-global.amazonaws.com/key',
    'https://bucket--use1-az5--x-s3.s3express-use1-az5.us-east-1.amazonaws.com/key',
    'https://bucket.bucket.vpce-0e25b8cdd720f900e-argc85vg.s3.us-east-1.vpce.amazonaws.com/key',
    'https://bucket.s3.cn-north-1.amazonaws.com.cn/key',
    'https://bucket.s3.eusc-de-east-1.amazonaws.eu/key',
  ])('at %s', (url) => {
    expect(at(url)).toBe(true);
  });

  test('where the environment of the function says that S3 is', () => {
    const env = { AWS_ENDPOINT_URL_S3: 'http://minio.internal:9000/' };
    expect(at('http://minio.internal:9000/bucket/key', env)).toBe(true);
    expect(at('http://minio.internal:9001/bucket/key', env)).toBe(false);
    expect(at('https://minio.internal:9000/bucket/key', env)).toBe(false);
  });

  test('anywhere in the emulator', () => {
    expect(at('http://127.0.0.1:3001/bucket/key', { LAMBDAPOOL_EMULATOR: 'true' })).toBe(true);
    expect(at('http://127.0.0.1:3001/bucket/key', { LAMBDAPOOL_EMULATOR: '' })).toBe(false);
  });
});

describe('objects are never', () => {
  test.each([
    'http://169.254.100.1:9001/2018-06-01/runtime/invocation/next',
    'http://127.0.0.1:9001/2018-06-01/runtime/invocation/next',
    'http://169.254.169.254/latest/meta-data/',
    'http://[::1]/key',
    'https://localhost/key',
    'https://admin.corp.internal/key',
    'http://bucket.s3.eu-central-1.amazonaws.com/key',
    'https://bucket.s3.eu-central-1.amazonaws.com:8443/key',
    'https://bucket.s3.eu-central-1.amazonaws.com.evil.example/key',
    'https://bucket.s3.eu-central-1.amazonaws.com@evil.example/key',
    'https://s3.evil.example/key',
    'https://evils3.amazonaws.com.example/key',
    'https://bucket.s3xamazonaws.com/key',
    'https://vpc-search.eu-central-1.es.amazonaws.com/_search',
    'https://internal-balancer-1.eu-central-1.elb.amazonaws.com/',
    'https://api.vpce-1.execute-api.eu-central-1.vpce.amazonaws.com/',
    'https://s3.eu-central-1.elb.amazonaws.com/',
  ])('at %s', (url) => {
    expect(at(url)).toBe(false);
  });

  test('at a host so long that looking at it takes time', () => {
    expect(at(`https://${'s3-a.'.repeat(20_000)}amazonaws.com/`)).toBe(false);
  });
});
