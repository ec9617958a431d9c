/** How AWS is reached: the `aws...` options of a pool, as the transport takes them. */
import { LambdaPoolError } from '../shared/errors.ts';
import { checkString } from '../shared/options.ts';
import type { LambdaTransportCredentials, LambdaTransportOptions } from '../transport/lambda.ts';
import { bucketOf } from './options.ts';
import type { PlaceOptions } from './options.ts';

/** @throws {LambdaPoolError} OPTION_INVALID */
export function access(options: PlaceOptions): Omit<LambdaTransportOptions, 'functionName'> {
  const { awsRegionName, awsProfile } = options;
  const credentials = resolveCredentials(options);
  return {
    ...(awsRegionName !== undefined && { region: checkString('awsRegionName', awsRegionName) }),
    ...(awsProfile !== undefined && { profile: checkString('awsProfile', awsProfile) }),
    ...(credentials !== undefined && { credentials }),
    ...bucketOf(options),
  };
}

/** Messages never show the values: they are secrets. */
function resolveCredentials(options: PlaceOptions): LambdaTransportCredentials | undefined {
  const { awsAccessKeyId, awsSecretAccessKey, awsSessionToken, credentials } = options;
  const keys = { awsAccessKeyId, awsSecretAccessKey, awsSessionToken };
  const given = Object.entries(keys).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    if (typeof value !== 'string' || value === '')
      throw refusedKey(name, `Expected the option \`${name}\` to be a non-empty string.`);
  }
  if (given.length === 0) return credentials;
  if (credentials !== undefined) {
    throw refusedKey(
      'credentials',
      'Give either `credentials` or `awsAccessKeyId` and `awsSecretAccessKey`, not both.',
    );
  }
  if (awsAccessKeyId === undefined || awsSecretAccessKey === undefined) {
    const missing = awsAccessKeyId === undefined ? 'awsAccessKeyId' : 'awsSecretAccessKey';
    throw refusedKey(
      missing,
      `\`${missing}\` is missing: \`awsAccessKeyId\` and \`awsSecretAccessKey\` go together. Leave both out to use the system's credentials.`,
    );
  }
  return {
    accessKeyId: awsAccessKeyId,
    secretAccessKey: awsSecretAccessKey,
    ...(awsSessionToken !== undefined && { sessionToken: awsSessionToken }),
  };
}

function refusedKey(option: string, message: string): LambdaPoolError {
  return new LambdaPoolError('OPTION_INVALID', message, { details: { option } });
}
