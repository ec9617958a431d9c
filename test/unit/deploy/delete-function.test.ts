import { expect, test } from 'vitest';
import { createFunction } from '../../../src/deploy/deploy-function.ts';
import { deleteFunction } from '../../../src/deploy/delete-function.ts';
import { openTarget } from '../../../src/deploy/target/target.ts';
import { ApiError } from './fake-aws/api-error.ts';
import { CREDENTIALS, rejection, setup } from './setup.ts';

const ROLE = 'lambdapool-role-helpers';
const LOG_GROUP = '/aws/lambda/helpers';

test('deleting takes away function, role and log group, with policies that others have put on the role', async () => {
  await using s = await setup();
  await createFunction(s.target, s.request(), s.options);
  const role = s.aws.iam.roles.get(ROLE);
  role?.policies.set('by-hand', '{}');
  role?.attached.push('arn:aws:iam::aws:policy/ReadOnlyAccess');
  expect(await deleteFunction(s.target, 'helpers', s.options)).toEqual({
    functionName: 'helpers',
    deleted: ['function', 'role', 'log group'],
    notes: [],
  });
  expect(s.aws.lambda.functions.size + s.aws.iam.roles.size + s.aws.logs.groups.size).toBe(0);
});

test('deleting what is not there says so, and touches nothing', async () => {
  await using s = await setup();
  const error = await rejection(deleteFunction(s.target, 'helpers', s.options));
  expect(error).toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
  expect(s.aws.writes).toEqual([]);
});

test('a function that somebody else deletes first is no failure: role and log group follow', async () => {
  await using s = await setup();
  await createFunction(s.target, s.request(), s.options);
  const answer = s.aws.lambda.answer.bind(s.aws.lambda);
  s.aws.lambda.answer = (operation, request) => {
    const answered = answer(operation, request);
    if (operation !== 'DeleteFunction') return answered;
    throw new ApiError(409, 'ResourceConflictException', 'An update is in progress.');
  };
  const { deleted } = await deleteFunction(s.target, 'helpers', s.options);
  expect(deleted).toEqual(['function', 'role', 'log group']);
  expect(s.aws.iam.roles.size + s.aws.logs.groups.size).toBe(0);
});

test('deleting what somebody else has made is refused', async () => {
  await using s = await setup();
  await createFunction(s.target, s.request(), s.options);
  const made = s.aws.lambda.functions.get('helpers');
  if (made !== undefined) made.tags = {};
  if (made !== undefined) made.configuration['Environment'] = undefined;
  s.aws.forget();
  const error = await rejection(deleteFunction(s.target, 'helpers', s.options));
  expect(error).toMatchObject({ code: 'DEPLOY_FAILED' });
  expect(String(error)).toContain('was not deployed by lambdapool');
  expect(s.aws.writes).toEqual([]);
});

test('a role that a function of the same name uses in another region stays', async () => {
  await using s = await setup();
  await createFunction(s.target, s.request(), s.options);
  s.aws.iam.roles.get(ROLE)?.tags.set('region:us-east-1', 'used');
  const { deleted, notes } = await deleteFunction(s.target, 'helpers', s.options);
  expect(deleted).toEqual(['function', 'log group']);
  expect(notes).toEqual([expect.stringContaining('uses it in another region')]);
  expect([...(s.aws.iam.roles.get(ROLE)?.tags.keys() ?? [])]).not.toContain('region:eu-central-1');
  await using elsewhere = await openTarget({ endpoint: s.aws.url, region: 'us-east-1', credentials: CREDENTIALS }, {});
  expect(await deleteFunction(elsewhere, 'helpers', s.options)).toMatchObject({ deleted: ['role'] });
});

test('role and log group that we have not made stay, with a note', async () => {
  await using s = await setup();
  await createFunction(s.target, s.request(), s.options);
  s.aws.iam.roles.get(ROLE)?.tags.clear();
  s.aws.logs.groups.set(LOG_GROUP, { retentionInDays: undefined, tags: {} });
  const { deleted, notes } = await deleteFunction(s.target, 'helpers', s.options);
  expect(deleted).toEqual(['function']);
  expect(notes).toEqual([
    `The role ${ROLE} stays: lambdapool has not made it.`,
    `The log group ${LOG_GROUP} stays: lambdapool has not made it.`,
  ]);
  expect(s.aws.iam.roles.size + s.aws.logs.groups.size).toBe(2);
});

test('what an earlier deletion has left is taken away', async () => {
  await using s = await setup();
  await createFunction(s.target, s.request(), s.options);
  s.aws.lambda.functions.clear();
  expect(await deleteFunction(s.target, 'helpers', s.options)).toMatchObject({ deleted: ['role', 'log group'] });
});
