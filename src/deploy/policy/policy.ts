/** The least that IAM must allow for deploying and for calling functions, as policy documents. Pure: asks nobody. */
import {
  ACCOUNT_ACTIONS,
  CODE_BUCKET_ACTIONS,
  FUNCTION_ACTIONS,
  LOG_GROUP_ACTIONS,
  LOG_LIST_ACTIONS,
  PAYLOAD_BUCKET_ACTIONS,
  ROLE_ACTIONS,
  VPC_ACTIONS,
} from './policy-actions.ts';
import { logGroupOf, ROLE_PATH } from '../surroundings/role-policy.ts';
import { ownRoleName } from '../surroundings/role.ts';

/** What narrows a policy; what is not known is `*` in it. */
export interface PolicyFacts {
  /** @default all functions */
  readonly functionNames?: readonly string[] | undefined;
  readonly region?: string | undefined;
  /** Twelve digits. */
  readonly accountId?: string | undefined;
  /** ARNs of layer versions that functions name. */
  readonly layers?: readonly string[] | undefined;
  /** A role of the user's own: then no role is made. */
  readonly roleArn?: string | undefined;
  readonly inVpc?: boolean | undefined;
  /** Bucket through which large code travels. */
  readonly codeBucket?: string | undefined;
  /** Bucket through which large calls and results travel. */
  readonly payloadBucket?: string | undefined;
}

interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[] | string;
  readonly Condition?: Readonly<Record<string, unknown>>;
}

/** A document as IAM takes it. */
export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}

/** For `create`, `update`, `list`, `delete`, `logs` and `doctor`. */
export function deployPolicy(facts: PolicyFacts): PolicyDocument {
  const names = namesOf(facts);
  return documentOf([
    { Sid: 'Functions', Action: FUNCTION_ACTIONS, Resource: names.map((name) => functionArn(name, facts)) },
    { Sid: 'Account', Action: ACCOUNT_ACTIONS, Resource: '*' },
    ...roleStatements(facts, names),
    { Sid: 'LogGroups', Action: LOG_GROUP_ACTIONS, Resource: names.flatMap((name) => logGroupArns(name, facts)) },
    { Sid: 'LogGroupList', Action: LOG_LIST_ACTIONS, Resource: [`${logsArn(facts)}:log-group:*`] },
    ...extras(facts, names),
  ]);
}

/** For pools and executors, and what of the command line calls tasks. */
export function invokePolicy(facts: PolicyFacts): PolicyDocument {
  const arns = namesOf(facts).map((name) => functionArn(name, facts));
  const { payloadBucket } = facts;
  return documentOf([
    // The second is that of versions and aliases.
    { Sid: 'Invoke', Action: ['lambda:InvokeFunction'], Resource: arns.flatMap((arn) => [arn, `${arn}:*`]) },
    // `workers: 'auto'`.
    { Sid: 'Concurrency', Action: ['lambda:GetFunctionConcurrency'], Resource: arns },
    { Sid: 'Account', Action: ['lambda:GetAccountSettings'], Resource: '*' },
    ...(payloadBucket === undefined
      ? []
      : [
          {
            Sid: 'LargeValues',
            Action: PAYLOAD_BUCKET_ACTIONS,
            Resource: [bucketArn(payloadBucket, 'lambdapool/*', facts)],
          },
        ]),
  ]);
}

type Statement = Omit<PolicyStatement, 'Effect'>;

function documentOf(statements: readonly Statement[]): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: statements.map(({ Sid, ...others }) => ({ Sid, Effect: 'Allow', ...others })),
  };
}

function roleStatements(facts: PolicyFacts, names: readonly string[]): readonly Statement[] {
  const Condition = { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } };
  const pass = (Resource: readonly string[]): Statement => ({
    Sid: 'PassRole',
    Action: ['iam:PassRole'],
    Resource,
    Condition,
  });
  if (facts.roleArn !== undefined) return [pass([facts.roleArn])];
  const roles = names.map((name) => roleArn(name, facts));
  return [{ Sid: 'Roles', Action: ROLE_ACTIONS, Resource: roles }, pass(roles)];
}

function extras(facts: PolicyFacts, names: readonly string[]): readonly Statement[] {
  const { layers = [], codeBucket, inVpc = false } = facts;
  const statements: Statement[] = [];
  if (layers.length > 0) statements.push({ Sid: 'Layers', Action: ['lambda:GetLayerVersion'], Resource: layers });
  if (codeBucket !== undefined) {
    const Resource = names.map((name) => bucketArn(codeBucket, `lambdapool/${name}/*`, facts));
    statements.push({ Sid: 'Code', Action: CODE_BUCKET_ACTIONS, Resource });
  }
  if (inVpc) statements.push({ Sid: 'Vpc', Action: VPC_ACTIONS, Resource: '*' });
  return statements;
}

function namesOf({ functionNames = [] }: PolicyFacts): readonly string[] {
  return functionNames.length === 0 ? ['*'] : functionNames;
}

function functionArn(name: string, facts: PolicyFacts): string {
  return `arn:${partitionOf(facts)}:lambda:${facts.region ?? '*'}:${facts.accountId ?? '*'}:function:${name}`;
}

function roleArn(name: string, facts: PolicyFacts): string {
  const role = name === '*' ? 'lambdapool-role-*' : ownRoleName(name);
  return `arn:${partitionOf(facts)}:iam::${facts.accountId ?? '*'}:role${ROLE_PATH}${role}`;
}

/** Some actions are checked against the group's ARN with `:*` at its end, some without. */
function logGroupArns(name: string, facts: PolicyFacts): readonly string[] {
  const arn = `${logsArn(facts)}:log-group:${logGroupOf(name)}`;
  return name === '*' ? [arn] : [arn, `${arn}:*`];
}

function logsArn(facts: PolicyFacts): string {
  return `arn:${partitionOf(facts)}:logs:${facts.region ?? '*'}:${facts.accountId ?? '*'}`;
}

function bucketArn(bucket: string, key: string, facts: PolicyFacts): string {
  return `arn:${partitionOf(facts)}:s3:::${bucket}/${key}`;
}

/** AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html, read 2026-11 */
function partitionOf({ region = '' }: PolicyFacts): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('eusc-')) return 'aws-eusc';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
