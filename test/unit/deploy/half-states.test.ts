/** What a deployment meets when somebody else is at work, or has left it at work, and when it may not see all. */
import { describe, expect, test } from 'vitest';
import { createFunction, updateFunction } from '../../../src/deploy/deploy-function.ts';
import { ApiError } from './fake-aws/api-error.ts';
import { rejection, setup } from './setup.ts';
import type { Setup } from './setup.ts';

const ROLE = 'lambdapool-role-helpers';
const LOG_GROUP = '/aws/lambda/helpers';

async function deployed(): Promise<Setup> {
  const s = await setup();
  await createFunction(s.target, s.request(), s.options);
  s.aws.forget();
  return s;
}

test('a change of somebody else is waited for before the function is called, also where nothing is to be done', async () => {
  await using s = await deployed();
  const made = s.aws.lambda.functions.get('helpers');
  if (made !== undefined) {
    made.busyReads = 2;
    made.configuration['LastUpdateStatus'] = 'InProgress';
  }
  expect(await updateFunction(s.target, s.request(), s.options)).toMatchObject({ changed: [] });
  const reads = s.aws.actions.filter((action) => action === 'lambda:GetFunctionConfiguration');
  expect(reads).toHaveLength(3);
  expect(s.aws.actions.indexOf('lambda:InvokeFunction')).toBeGreaterThan(s.aws.actions.lastIndexOf(reads[0] ?? ''));
});

test('code is sent again when a change of somebody else, which refused it, is over', async () => {
  await using s = await deployed();
  await s.root.write('math.ts', 'export const add = () => 1;\n');
  s.aws.fail('lambda:UpdateFunctionCode', new ApiError(409, 'ResourceConflictException', 'An update is in progress'));
  expect(await updateFunction(s.target, s.request(), s.options)).toMatchObject({ changed: ['code'] });
});

test('an interruption during a request rejects with its reason itself, and leaves what was made to the next run', async () => {
  await using s = await setup();
  const controller = new AbortController();
  const reason = new Error('Ctrl-C');
  const answer = s.aws.lambda.answer.bind(s.aws.lambda);
  s.aws.lambda.answer = (operation, request) => {
    if (operation === 'CreateFunction') controller.abort(reason);
    return answer(operation, request);
  };
  const options = { ...s.options, signal: controller.signal };
  expect(await rejection(createFunction(s.target, s.request(), options))).toBe(reason);
  expect(s.aws.iam.roles.size + s.aws.logs.groups.size).toBe(2);
  s.aws.lambda.answer = answer;
  expect(await createFunction(s.target, s.request(), s.options)).toMatchObject({ functionName: 'helpers' });
});

describe('tags that may not be read', () => {
  const withoutTags = async (): Promise<Setup> => {
    const s = await deployed();
    const answer = s.aws.lambda.answer.bind(s.aws.lambda);
    s.aws.lambda.answer = (operation, request) => {
      const answered = answer(operation, request);
      return operation === 'GetFunction' ? { ...Object(answered), Tags: undefined } : answered;
    };
    return s;
  };

  test('are left as they are', async () => {
    await using s = await withoutTags();
    await updateFunction(s.target, s.request(), s.options);
    expect(s.aws.writes).toEqual([]);
  });

  test('are set where some are asked for, and none is taken away', async () => {
    await using s = await withoutTags();
    await updateFunction(s.target, s.request({ tags: { team: 'blue' } }), s.options);
    expect(s.aws.writes).toEqual(['lambda:TagResource']);
  });
});

test('a role that another run makes at the same moment is taken', async () => {
  await using s = await deployed();
  s.aws.lambda.functions.clear();
  s.aws.fail('iam:GetRole', new ApiError(404, 'NoSuchEntity', 'Not yet.'));
  expect(await createFunction(s.target, s.request(), s.options)).toMatchObject({ created: true });
  expect(s.aws.actions).toContain('iam:CreateRole');
  expect([...s.aws.iam.roles.keys()]).toEqual([ROLE]);
});

test('a role of our name and mark at another path is none of ours', async () => {
  await using s = await setup();
  const tags = new Map([['creator', 'lambdapool']]);
  s.aws.iam.roles.set(ROLE, { path: '/', trust: '', tags, policies: new Map(), attached: [] });
  expect(String(await rejection(createFunction(s.target, s.request(), s.options)))).toContain('has not made it');
});

describe('the log group', () => {
  test('that an interrupted run has left without retention gets it from the next', async () => {
    await using s = await setup();
    s.aws.logs.groups.set(LOG_GROUP, { retentionInDays: undefined, tags: { creator: 'lambdapool' } });
    await createFunction(s.target, s.request(), s.options);
    expect(s.aws.logs.groups.get(LOG_GROUP)?.retentionInDays).toBe(30);
  });

  test('of a function whose name only begins alike is another', async () => {
    await using s = await setup();
    s.aws.logs.groups.set(`${LOG_GROUP}-2`, { retentionInDays: 7, tags: {} });
    await createFunction(s.target, s.request(), s.options);
    expect(s.aws.logs.groups.get(LOG_GROUP)).toMatchObject({ retentionInDays: 30 });
  });
});
