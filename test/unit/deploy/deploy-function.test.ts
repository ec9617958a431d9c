import { describe, expect, test } from 'vitest';
import { deleteFunction } from '../../../src/deploy/delete-function.ts';
import { createFunction, ensureFunction, updateFunction } from '../../../src/deploy/deploy-function.ts';
import { ApiError } from './fake-aws/api-error.ts';
import { rejection, setup } from './setup.ts';

const ROLE = 'lambdapool-role-helpers';
const ROLE_ARN = `arn:aws:iam::123456789012:role/lambdapool/${ROLE}`;
const LOG_GROUP = '/aws/lambda/helpers';

describe('createFunction', () => {
  test('makes log group, role and function, waits, calls it once and then says that it is finished', async () => {
    await using s = await setup();
    s.aws.lambda.busyReads = 2;
    const deployed = await createFunction(s.target, s.request(), s.options);
    expect(s.aws.actions).toEqual([
      'lambda:GetFunction',
      'logs:DescribeLogGroups',
      'logs:CreateLogGroup',
      'logs:PutRetentionPolicy',
      'iam:GetRole',
      'iam:CreateRole',
      'iam:GetRolePolicy',
      'iam:PutRolePolicy',
      'lambda:CreateFunction',
      'lambda:GetFunctionConfiguration',
      'lambda:GetFunctionConfiguration',
      'lambda:GetFunctionConfiguration',
      'lambda:InvokeFunction',
      'lambda:UntagResource',
    ]);
    expect(deployed).toMatchObject({
      functionName: 'helpers',
      arn: 'arn:aws:lambda:eu-central-1:123456789012:function:helpers',
      created: true,
      changed: ['code', 'configuration'],
      role: ROLE_ARN,
      logGroup: LOG_GROUP,
      tasks: ['math.add'],
      runtime: 'nodejs24.x',
      architecture: 'x86_64',
      memoryMb: 1769,
      timeoutMs: 60_000,
      notes: [],
    });
    expect(deployed.hash).toBe(s.aws.lambda.functions.get('helpers')?.configuration['CodeSha256']);
  });

  test('marks the function as ours, by tags and by variables', async () => {
    await using s = await setup();
    await createFunction(s.target, s.request({ env: { STAGE: 'test' }, tags: { team: 'blue' } }), s.options);
    const made = s.aws.lambda.functions.get('helpers');
    expect(made?.tags).toEqual({ creator: 'lambdapool', function_name: 'helpers', team: 'blue' });
    const variables = { STAGE: 'test', CREATOR: 'lambdapool', FUNCTION_NAME: 'helpers', LAMBDAPOOL_VERSION: '0.0.0' };
    expect(made?.configuration['Environment']).toEqual({ Variables: variables });
  });

  test('gives the role no right but to write the log, and Lambda alone takes it', async () => {
    await using s = await setup();
    await createFunction(s.target, s.request({ tags: { team: 'blue' } }), s.options);
    const role = s.aws.iam.roles.get(ROLE);
    expect(role?.path).toBe('/lambdapool/');
    expect(JSON.parse(role?.trust ?? '')).toMatchObject({
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    });
    expect(role?.policies.size).toBe(1);
    expect(JSON.parse(role?.policies.get('lambdapool') ?? '')).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          Resource: 'arn:aws:logs:*:123456789012:log-group:/aws/lambda/helpers:*',
        },
      ],
    });
    expect(Object.fromEntries(role?.tags ?? [])).toEqual({
      creator: 'lambdapool',
      function_name: 'helpers',
      team: 'blue',
      'region:eu-central-1': 'used',
    });
  });

  test('lets the role join a VPC only if there is one', async () => {
    await using s = await setup();
    const vpc = { subnetIds: ['subnet-0a1b'], securityGroupIds: ['sg-0a1b'] };
    await createFunction(s.target, s.request(vpc), s.options);
    const policy = s.aws.iam.roles.get(ROLE)?.policies.get('lambdapool') ?? '';
    expect(policy).toContain('ec2:CreateNetworkInterface');
    expect(s.aws.bodyOf('lambda:CreateFunction')['VpcConfig']).toEqual({
      SubnetIds: ['subnet-0a1b'],
      SecurityGroupIds: ['sg-0a1b'],
    });
  });

  test('keeps logs for 30 days, or as long as it is told', async () => {
    await using s = await setup();
    await createFunction(s.target, s.request(), s.options);
    expect(s.aws.logs.groups.get(LOG_GROUP)?.retentionInDays).toBe(30);
    await updateFunction(s.target, s.request({ logRetentionDays: 7 }), s.options);
    expect(s.aws.logs.groups.get(LOG_GROUP)?.retentionInDays).toBe(7);
  });

  test('does not let logs of others expire', async () => {
    await using s = await setup();
    s.aws.logs.groups.set(LOG_GROUP, { retentionInDays: undefined, tags: {} });
    await createFunction(s.target, s.request(), s.options);
    expect(s.aws.logs.groups.get(LOG_GROUP)?.retentionInDays).toBeUndefined();
  });

  test('with a role of the user, asks nothing of IAM', async () => {
    await using s = await setup();
    const roleArn = 'arn:aws:iam::123456789012:role/mine';
    const deployed = await createFunction(s.target, s.request({ roleArn }), s.options);
    expect(deployed.role).toBe(roleArn);
    expect(s.aws.bodyOf('lambda:CreateFunction')['Role']).toBe(roleArn);
    expect(s.aws.actions.filter((action) => action.startsWith('iam:'))).toEqual([]);
  });

  test('refuses a name that is taken, and says how to change the function', async () => {
    await using s = await setup();
    await createFunction(s.target, s.request(), s.options);
    s.aws.forget();
    const error = await rejection(createFunction(s.target, s.request(), s.options));
    expect(error).toMatchObject({ code: 'DEPLOY_FAILED' });
    expect(String(error)).toContain('There is a function helpers in http://127.0.0.1');
    expect(String(error)).toContain('`lambdapool update helpers`');
    expect(s.aws.writes).toEqual([]);
  });

  test('tells of each step before and after it', async () => {
    await using s = await setup();
    await createFunction(s.target, s.request(), s.options);
    const names = ['find', 'bundle', 'zip', 'log group', 'role', 'create', 'wait', 'probe', 'finish'];
    expect(s.steps.map(({ name, phase }) => `${name} ${phase}`)).toEqual(
      names.flatMap((name) => [`${name} start`, `${name} end`]),
    );
  });
});

describe('ensureFunction', () => {
  test('run twice at once ends well in both', async () => {
    await using s = await setup();
    s.aws.lambda.busyReads = 2;
    const both = await Promise.all([
      ensureFunction(s.target, s.request(), s.options),
      ensureFunction(s.target, s.request(), s.options),
    ]);
    expect(both.map(({ created }) => created)).toContain(true);
    expect(both.map(({ created }) => created)).toContain(false);
    expect(s.aws.lambda.functions.get('helpers')?.tags).toEqual({ creator: 'lambdapool', function_name: 'helpers' });
  });

  test('goes on where the answer to a creation was lost', async () => {
    await using s = await setup();
    // The SDK sends the request again after a 500, and meets what the first has made.
    const find = s.aws.lambda.answer.bind(s.aws.lambda);
    let lost = false;
    s.aws.lambda.answer = (operation, request) => {
      const answer = find(operation, request);
      if (operation !== 'CreateFunction' || lost) return answer;
      lost = true;
      throw new ApiError(500, 'ServiceException', 'The answer is lost.');
    };
    const deployed = await createFunction(s.target, s.request(), s.options);
    expect(deployed.functionName).toBe('helpers');
    expect(s.aws.iam.roles.has(ROLE)).toBe(true);
  });
});

describe('a function that is not ours', () => {
  const others = async (tags: Record<string, string>) => {
    const s = await setup();
    await createFunction(s.target, s.request(), s.options);
    const made = s.aws.lambda.functions.get('helpers');
    if (made !== undefined) made.tags = tags;
    if (made !== undefined) made.configuration['Environment'] = { Variables: {} };
    s.aws.forget();
    return s;
  };

  test.each([{ deploy: createFunction }, { deploy: updateFunction }, { deploy: ensureFunction }])(
    'is left alone by $deploy.name',
    async ({ deploy }) => {
      await using s = await others({ creator: 'somebody' });
      const error = await rejection(deploy(s.target, s.request(), s.options));
      expect(error).toMatchObject({ code: 'DEPLOY_FAILED' });
      expect(String(error)).toContain('was not deployed by lambdapool');
      expect(s.aws.writes).toEqual([]);
    },
  );

  test.each([
    [{ 'aws:cloudformation:stack-name': 'my-stack' }, 'belongs to the CloudFormation stack my-stack'],
    [{ 'lambda:createdBy': 'SAM' }, 'belongs to a CloudFormation stack (SAM made it)'],
  ])('but of a stack is left to the stack: %j', async (tags, sentence) => {
    await using s = await others({ creator: 'lambdapool', ...tags });
    for (const work of [
      () => updateFunction(s.target, s.request(), s.options),
      () => deleteFunction(s.target, 'helpers', s.options),
    ]) {
      const error = await rejection(work());
      expect(error).toMatchObject({ code: 'DEPLOY_FAILED' });
      expect(String(error)).toContain(sentence);
    }
    expect(s.aws.writes).toEqual([]);
  });

  test('nor is a role of that name that somebody else has made', async () => {
    await using s = await setup();
    const role = { path: '/lambdapool/', trust: '', tags: new Map(), policies: new Map(), attached: [] };
    s.aws.iam.roles.set(ROLE, role);
    const error = await rejection(createFunction(s.target, s.request(), s.options));
    expect(error).toMatchObject({ code: 'DEPLOY_FAILED' });
    expect(String(error)).toContain(`There is a role ${ROLE} already, and lambdapool has not made it.`);
    expect(s.aws.logs.groups.size).toBe(0);
    expect(role.policies.size).toBe(0);
  });
});

test('updating what is not there says how to make it', async () => {
  await using s = await setup();
  const error = await rejection(updateFunction(s.target, s.request(), s.options));
  expect(error).toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
  // The look for it is not told as done.
  expect(s.steps).toEqual([{ name: 'find', phase: 'start' }]);
  expect(String(error)).toContain('`lambdapool create helpers`');
  expect(s.aws.actions).toEqual(['lambda:GetFunction']);
});

test('variables that are too large together are told before anything is made', async () => {
  await using s = await setup();
  const request = s.request({ env: { LARGE: 'x'.repeat(4050) } });
  expect(await rejection(createFunction(s.target, request, s.options))).toMatchObject({
    code: 'OPTION_INVALID',
    details: { option: 'env' },
  });
  expect(s.aws.writes).toEqual([]);
});

test('wrong settings are told before anything is sent', async () => {
  await using s = await setup();
  const error = await rejection(createFunction(s.target, s.request({ memoryMb: 64 }), s.options));
  expect(error).toMatchObject({ code: 'OPTION_INVALID', details: { option: 'memoryMb' } });
  expect(s.aws.actions).toEqual([]);
});
