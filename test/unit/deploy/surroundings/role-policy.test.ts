import { expect, test } from 'vitest';
import { isOwnRole, ownRoleName } from '../../../../src/deploy/surroundings/role.ts';
import { rolePolicy } from '../../../../src/deploy/surroundings/role-policy.ts';

const facts = { functionName: 'helpers', partition: 'aws-cn', accountId: '123456789012', inVpc: false };

test('names a role after its function, within what IAM takes', () => {
  expect(ownRoleName('helpers')).toBe('lambdapool-role-helpers');
  expect(ownRoleName('x'.repeat(48))).toBe(`lambdapool-role-${'x'.repeat(48)}`);
  const [one, other] = [`${'x'.repeat(60)}1`, `${'x'.repeat(60)}2`].map(ownRoleName);
  expect(one).toHaveLength(64);
  expect(one).not.toBe(other);
});

test('knows its own role by path and name', () => {
  expect(isOwnRole('arn:aws:iam::123456789012:role/lambdapool/lambdapool-role-helpers', 'helpers')).toBe(true);
  expect(isOwnRole('arn:aws:iam::123456789012:role/lambdapool-role-helpers', 'helpers')).toBe(false);
  expect(isOwnRole('arn:aws:iam::123456789012:role/lambdapool/lambdapool-role-other', 'helpers')).toBe(false);
});

test('allows what is needed for the own log alone', () => {
  expect(rolePolicy(facts)).toEqual({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: 'arn:aws-cn:logs:*:123456789012:log-group:/aws/lambda/helpers:*',
      },
    ],
  });
});

test('in a VPC allows the network to Lambda, and not to the code', () => {
  const { Statement } = Object(rolePolicy({ ...facts, inVpc: true }));
  expect(Statement).toHaveLength(3);
  expect(Statement[1]).toMatchObject({ Effect: 'Allow', Resource: '*' });
  expect(Statement[1]).not.toHaveProperty('Condition');
  expect(Statement[2]).toMatchObject({
    Effect: 'Deny',
    Action: Statement[1].Action,
    Condition: { ArnLike: { 'lambda:SourceFunctionArn': 'arn:aws-cn:lambda:*:123456789012:function:helpers' } },
  });
});
