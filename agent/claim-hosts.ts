/**
 * Which hosts the agent moves objects from and to. Whoever may invoke a function names the URLs: without a bound they could
 * make it call whatever is near it, such as hosts of its VPC or Lambda's own Runtime API. Pure.
 */

/** Of all partitions of AWS. https://docs.aws.amazon.com/general/latest/gr/s3.html, read 2026-11 */
const SUFFIXES = [
  'amazonaws.com',
  'amazonaws.com.cn',
  'amazonaws.eu',
  'c2s.ic.gov',
  'sc2s.sgov.gov',
  'cloud.adc-e.uk',
  'csp.hci.ic.gov',
];
/**
 * `bucket.s3.eu-central-1.amazonaws.com` and its like: FIPS, dual stack, acceleration, access points, S3 Express, endpoints
 * in a VPC. Other services of AWS have names there, too, and some of these are private.
 */
const S3 = new RegExp(
  String.raw`^(?:[a-z0-9._-]+\.)?s3(?:express)?(?:-[a-z0-9-]+)?(?:\.dualstack)?(?:\.[a-z]+(?:-[a-z]+)+-\d+)?(?:\.vpce)?\.(?:${SUFFIXES.join('|').replaceAll('.', String.raw`\.`)})$`,
);
const MAX_HOST_LENGTH = 253;

/** What the environment of a function says of where its objects are. */
export interface HostEnvironment {
  /** The emulator sets it: what runs there runs on its user's machine, for whoever may make functions there, too. */
  readonly LAMBDAPOOL_EMULATOR?: string | undefined;
  readonly AWS_ENDPOINT_URL_S3?: string | undefined;
}

/** Whether objects may be at `url`: in S3 of AWS, or where the function's own settings say. */
export function isHostOfObjects(url: URL, env: HostEnvironment): boolean {
  if (env.LAMBDAPOOL_EMULATOR === 'true') return true;
  if (env.AWS_ENDPOINT_URL_S3 !== undefined && url.origin === URL.parse(env.AWS_ENDPOINT_URL_S3)?.origin) return true;
  const isUsual = url.protocol === 'https:' && url.port === '' && url.hostname.length <= MAX_HOST_LENGTH;
  return isUsual && S3.test(url.hostname);
}
