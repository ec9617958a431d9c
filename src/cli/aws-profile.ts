/** Makes a profile hold for all that the AWS SDK reads of it. */
import type { Io } from './io.ts';
import type { SettingValues } from './settings.ts';

/**
 * Puts the profile into AWS_PROFILE, before the SDK is loaded. Of a profile that is given as an option, the SDK takes region
 * and keys; endpoints (`endpoint_url`) it takes from AWS_PROFILE's alone. Whose profile leads to LocalStack would reach AWS.
 */
export function setProfile({ profile }: SettingValues, env: Io['env']): void {
  if (profile !== undefined) env['AWS_PROFILE'] = profile;
}
