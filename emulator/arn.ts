/** Names of functions in full. */

export interface AccountFacts {
  readonly accountId: string;
  readonly region: string;
}

/** `arn:aws:lambda:us-east-1:000000000000:function:name`, with `:qualifier` if one is given. */
export function functionArn(account: AccountFacts, name: string, qualifier?: string): string {
  const arn = `arn:aws:lambda:${account.region}:${account.accountId}:function:${name}`;
  return qualifier === undefined ? arn : `${arn}:${qualifier}`;
}
