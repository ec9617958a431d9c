import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { IMPLIED_ACTIONS } from '../../../../src/deploy/policy/policy-actions.ts';
import { deployPolicy, invokePolicy } from '../../../../src/deploy/policy/policy.ts';
import type { PolicyDocument, PolicyFacts } from '../../../../src/deploy/policy/policy.ts';

const FOLDER = new URL('../../../../src/deploy/', import.meta.url);
const ALL: PolicyFacts = {
  functionNames: ['a'],
  layers: ['arn:aws:lambda:eu-west-1:123456789012:layer:l:1'],
  codeBucket: 'code',
  inVpc: true,
};

/** Clients, by what IAM calls their services. */
const SERVICES: Readonly<Record<string, string>> = {
  lambda: 'lambda',
  iam: 'iam',
  sts: 'sts',
  s3: 's3',
  'cloudwatch-logs': 'logs',
};

/** Commands whose permission has another name, or that need none. */
const RENAMED: Readonly<Record<string, string | undefined>> = {
  'lambda:Invoke': 'lambda:InvokeFunction',
  'sts:GetCallerIdentity': undefined,
  // Sent to nobody: it only asks the SDK where it would go.
  'iam:ListAccountAliases': undefined,
  's3:ListBuckets': undefined,
};

/** The permission for each SDK command that a source file of the deployer makes. */
function usedActions(): ReadonlySet<string> {
  const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const actions = files.flatMap((name) => {
    const text = readFileSync(new URL(name.replaceAll('\\', '/'), FOLDER), 'utf8');
    const clients = new Set([...text.matchAll(/@aws-sdk\/client-([\w-]+)/g)].map(([, client = '']) => client));
    return [...text.matchAll(/new (?:\w+\.)?(\w+)Command\(/g)].map(([, command = '']) => {
      const own = serviceOf(command, [...clients]);
      return `${own}:${command}`;
    });
  });
  return new Set(actions.flatMap((action) => (action in RENAMED ? (RENAMED[action] ?? []) : [action])));
}

/** A file has one client as a rule; one that has more is told by the command's name. */
function serviceOf(command: string, clients: readonly string[]): string {
  const [only, ...more] = clients;
  if (only !== undefined && more.length === 0) return SERVICES[only] ?? only;
  if (/CallerIdentity/.test(command)) return 'sts';
  if (/Role|AccountAliases/.test(command)) return 'iam';
  if (/Log/.test(command)) return 'logs';
  if (/Bucket/.test(command)) return 's3';
  return 'lambda';
}

function actionsOf({ Statement }: PolicyDocument): readonly string[] {
  return Statement.flatMap(({ Action }) => Action);
}

describe('deployPolicy()', () => {
  test('allows every action that the deployer calls, and no more', () => {
    const used = usedActions();
    expect(used.size).toBeGreaterThan(20);
    expect([...actionsOf(deployPolicy(ALL))].sort()).toEqual(
      [...new Set([...used, ...Object.keys(IMPLIED_ACTIONS)])].sort(),
    );
  });

  test('names each action once', () => {
    const actions = actionsOf(deployPolicy(ALL));
    expect(new Set(actions).size).toBe(actions.length);
  });

  test('is narrowed to functions, region and account', () => {
    const text = JSON.stringify(
      deployPolicy({ functionNames: ['a', 'b'], region: 'eu-west-1', accountId: '123456789012' }),
    );
    expect(text).toContain('"arn:aws:lambda:eu-west-1:123456789012:function:a"');
    expect(text).toContain('"arn:aws:lambda:eu-west-1:123456789012:function:b"');
    expect(text).toContain('"arn:aws:iam::123456789012:role/lambdapool/lambdapool-role-b"');
    expect(text).toContain('"arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/b:*"');
    // Two requests know no narrower resource.
    expect(text.match(/"Resource":"\*"/g)).toHaveLength(1);
  });

  test('leaves open what is not known, and speaks of all functions then', () => {
    const text = JSON.stringify(deployPolicy({}));
    expect(text).toContain('"arn:aws:lambda:*:*:function:*"');
    expect(text).toContain('"arn:aws:iam::*:role/lambdapool/lambdapool-role-*"');
  });

  test('lets the role be passed to Lambda only', () => {
    const pass = deployPolicy(ALL).Statement.find(({ Action }) => Action.includes('iam:PassRole'));
    expect(pass?.Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } });
    expect(pass?.Resource).toEqual(['arn:aws:iam::*:role/lambdapool/lambdapool-role-a']);
  });

  test('allows no role to be made where the user has one', () => {
    const roleArn = 'arn:aws:iam::123456789012:role/mine';
    const document = deployPolicy({ ...ALL, roleArn });
    expect(actionsOf(document).filter((action) => action.startsWith('iam:'))).toEqual(['iam:PassRole']);
    expect(document.Statement.find(({ Sid }) => Sid === 'PassRole')?.Resource).toEqual([roleArn]);
  });

  test.each([
    ['cn-north-1', 'arn:aws-cn:lambda:cn-north-1:'],
    ['us-gov-west-1', 'arn:aws-us-gov:lambda:us-gov-west-1:'],
    ['eusc-de-east-1', 'arn:aws-eusc:lambda:eusc-de-east-1:'],
  ])('knows the partition of %s', (region, arn) => {
    expect(JSON.stringify(deployPolicy({ region }))).toContain(arn);
  });
});

describe('invokePolicy()', () => {
  test('allows calls of the functions and their versions', () => {
    const facts = { functionNames: ['a'], region: 'eu-west-1', accountId: '123456789012' };
    expect(invokePolicy(facts).Statement[0]).toEqual({
      Sid: 'Invoke',
      Effect: 'Allow',
      Action: ['lambda:InvokeFunction'],
      Resource: [
        'arn:aws:lambda:eu-west-1:123456789012:function:a',
        'arn:aws:lambda:eu-west-1:123456789012:function:a:*',
      ],
    });
  });

  test('allows objects of a bucket only where one is used', () => {
    expect(actionsOf(invokePolicy({})).filter((action) => action.startsWith('s3:'))).toEqual([]);
    const { Statement } = invokePolicy({ payloadBucket: 'values' });
    expect(Statement.at(-1)).toMatchObject({ Sid: 'LargeValues', Resource: ['arn:aws:s3:::values/lambdapool/*'] });
  });
});
