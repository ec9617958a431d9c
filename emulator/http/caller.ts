/** Who calls, read from the signature's scope. Nothing is verified: the door is open to this machine only. Pure. */

export interface Caller {
  readonly region: string;
  readonly accountId: string;
}

const CREDENTIAL = 'Credential=';

/**
 * Region and account of a request: `AWS4-HMAC-SHA256 Credential=<key id>/<date>/<region>/lambda/aws4_request, ...` names
 * the region; a key id of 12 digits names the account, as other emulators have it. What is missing is `fallback`'s.
 */
export function callerOf(authorization: string | undefined, fallback: Caller): Caller {
  const start = authorization?.indexOf(CREDENTIAL) ?? -1;
  if (authorization === undefined || start < 0) return fallback;
  const scope = authorization.slice(start + CREDENTIAL.length).split(',', 1)[0] ?? '';
  const [keyId = '', , region = ''] = scope.split('/');
  return {
    region: /^[a-z]{2}[a-z0-9-]{1,30}$/.test(region) ? region : fallback.region,
    accountId: /^\d{12}$/.test(keyId) ? keyId : fallback.accountId,
  };
}
