/** The name of a bucket, as an option. Pure. */
import { invalidOption } from './options.ts';

// AWS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, read 2026-11
const NAME = /^[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]$/;

/** @throws {LambdaPoolError} OPTION_INVALID */
export function checkBucketName(option: string, value: unknown): string {
  if (typeof value === 'string' && NAME.test(value)) return value;
  throw invalidOption(option, 'the name of a bucket, 3 to 63 small letters, digits, hyphens and single dots', value);
}
