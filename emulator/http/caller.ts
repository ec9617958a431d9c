/** Who calls, read from the signature's scope. Nothing is verified: the door is open to this machine only. Pure. */
import type { AccountFacts } from '../arn.ts';
import type { Caller } from '../control/function-name.ts';

const CREDENTIAL = 'Credential=';

/**
 * Region and account of a request: `AWS4-HMAC-SHA256 Credential=<key id>/<date>/<region>/lambda/aws4_request, ...` names
 * the region; a key id of 12 digits names the account, as other emulators have it. What is missing is as at `home`.
 */
export function callerOf(authorization: string | undefined, home: AccountFacts): Caller {
  const start = authorization?.indexOf(CREDENTIAL) ?? -1;
  if (authorization === undefined || start < 0) return { region: home.region, accountId: home.accountId, home };
  const scope = authorization.slice(start + CREDENTIAL.length).split(',', 1)[0] ?? '';
  const [keyId = '', , region = ''] = scope.split('/');
  return {
    region: /^[a-z]{2}[a-z0-9-]{1,30}$/.test(region) ? region : home.region,
    accountId: /^\d{12}$/.test(keyId) ? keyId : home.accountId,
    home,
  };
}
