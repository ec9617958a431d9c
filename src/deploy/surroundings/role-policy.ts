/** What the execution role of a function may do: write its own log, and join its VPC if it has one. Pure. */

export interface RoleFacts {
  readonly functionName: string;
  /** `aws`, `aws-cn` ... */
  readonly partition: string;
  readonly accountId: string;
  readonly inVpc: boolean;
}

/** Path of all roles that we make, so that a policy can allow making exactly these. */
export const ROLE_PATH = '/lambdapool/';
/** Name of the role's one policy. */
export const ROLE_POLICY = 'lambdapool';
const MAX_ROLE_NAME = 64;

/**
 * `lambdapool-role-NAME`. IAM takes 64 characters, as Lambda does for the function alone: what is cut off a longer name is
 * told apart by a hash.
 */
export function roleNameOf(functionName: string, hashOf: (text: string) => string): string {
  const name = `lambdapool-role-${functionName}`;
  return name.length <= MAX_ROLE_NAME
    ? name
    : `${name.slice(0, MAX_ROLE_NAME - 9)}-${hashOf(functionName).slice(0, 8)}`;
}

export function logGroupOf(functionName: string): string {
  return `/aws/lambda/${functionName}`;
}

/** Who may take the role: Lambda, for functions. */
export const TRUST_POLICY: object = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

/** Roles are of all regions, so the log group of the function's name in any of them is meant. */
export function rolePolicy({ functionName, partition, accountId, inVpc }: RoleFacts): object {
  const logs = {
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: `arn:${partition}:logs:*:${accountId}:log-group:${logGroupOf(functionName)}:*`,
  };
  const functionArn = `arn:${partition}:lambda:*:${accountId}:function:${functionName}`;
  return { Version: '2012-10-17', Statement: inVpc ? [logs, ...networkStatements(functionArn)] : [logs] };
}

// AWS: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html, read 2026-11. Lambda asks for all resources; the
// second statement keeps the function's own code from what only Lambda needs.
function networkStatements(functionArn: string): object[] {
  const Action = [
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ];
  const Condition = { ArnLike: { 'lambda:SourceFunctionArn': functionArn } };
  return [
    { Effect: 'Allow', Action, Resource: '*' },
    { Effect: 'Deny', Action, Resource: '*', Condition },
  ];
}
