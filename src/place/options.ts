/** The options that say where a pool or executor runs. */
import type { PoolOptions } from '../pool/options.ts';
import { checkBucketName } from '../shared/bucket-name.ts';
import type { LambdaTransportCredentials } from '../transport/lambda.ts';
import type { Transport } from '../transport/transport.ts';

/** Where it runs, and how much at once. */
export interface PlaceOptions {
  /**
   * How many invocations may be in flight at once, in the whole pool. Required on AWS Lambda. `'auto'`: as many as the
   * account lets the function have, asked at the first call (lambda:GetAccountSettings, lambda:GetFunctionConcurrency); in
   * the emulator, the number of available cores.
   * @default the number of available cores, where it runs on this machine
   */
  readonly workers?: number | 'auto' | undefined;
  /**
   * A transport, which the pool then owns and closes (see `shared`), or where to run: `'lambda'`, `'localstack'` or
   * `'emulator'`.
   * @default as described above
   */
  readonly transport?: Transport | 'lambda' | 'localstack' | 'emulator' | undefined;
  /** The Lambda function that holds the tasks: its name, `name:qualifier`, or its ARN. */
  readonly lambdaEntrypoint?: string | undefined;
  /** AWS access key; goes with `awsSecretAccessKey`. Default: the system's credentials. */
  readonly awsAccessKeyId?: string | undefined;
  readonly awsSecretAccessKey?: string | undefined;
  /** For temporary credentials. */
  readonly awsSessionToken?: string | undefined;
  /** Region, such as `eu-central-1`. Default: the system's. */
  readonly awsRegionName?: string | undefined;
  /** Name of a profile in the shared AWS configuration files. */
  readonly awsProfile?: string | undefined;
  /** Credentials as the AWS SDK takes them: an object, or a function that gets them. Instead of the `aws...` keys. */
  readonly credentials?: LambdaTransportCredentials | undefined;
  /**
   * Folder of the task modules, which the emulator and LocalStack bundle: a path, relative to the working directory, or a
   * `file:` URL.
   * @default that of the configuration file, else './tasks'
   */
  readonly tasksRoot?: string | URL | undefined;
  /**
   * A bucket in the function's region, through which calls and results travel that Lambda does not carry, up to 256 MiB
   * each; they are deleted afterwards. On AWS it must be there, and the credentials need s3:PutObject, s3:GetObject and
   * s3:DeleteObject on `lambdapool/*` in it. Elsewhere any name will do. A `transport` that you give takes it itself.
   * @default none: 6 MiB are the limit
   */
  readonly payloadBucket?: string | undefined;
}

/** Names of the options that say where a pool or executor runs. */
export const PLACE_KEYS: readonly string[] = [
  'transport',
  'lambdaEntrypoint',
  'awsAccessKeyId',
  'awsSecretAccessKey',
  'awsSessionToken',
  'awsRegionName',
  'awsProfile',
  'credentials',
  'tasksRoot',
  'payloadBucket',
];

/** The options that do not say where it runs. */
export function withoutPlace(options: object): Omit<PoolOptions, 'workers'> {
  return Object.fromEntries(Object.entries(options).filter(([key]) => !PLACE_KEYS.includes(key)));
}

/** @throws {LambdaPoolError} OPTION_INVALID */
export function bucketOf({ payloadBucket }: PlaceOptions): { readonly payloadBucket?: string } {
  return payloadBucket === undefined ? {} : { payloadBucket: checkBucketName('payloadBucket', payloadBucket) };
}
