/** What is left when a deployment fails, and what is said. */
import { describe, expect, test } from 'vitest';
import { createFunction, ensureFunction, updateFunction } from '../../../src/deploy/deploy-function.ts';
import { ApiError } from './fake-aws/api-error.ts';
import { rejection, setup } from './setup.ts';

const ROLE = 'lambdapool-role-helpers';
const LOG_GROUP = '/aws/lambda/helpers';
const NOT_ASSUMABLE = new ApiError(
  400,
  'InvalidParameterValueException',
  'The role defined for the function cannot be assumed by Lambda.',
);

describe('a role that is too new', () => {
  test('is waited for', async () => {
    await using s = await setup();
    s.aws.fail('lambda:CreateFunction', NOT_ASSUMABLE, 3);
    const deployed = await createFunction(s.target, s.request(), s.options);
    expect(deployed.created).toBe(true);
    expect(s.aws.actions.filter((action) => action === 'lambda:CreateFunction')).toHaveLength(4);
    expect(s.timing.slept.slice(0, 3)).toEqual([1000, 1000, 2000]);
  });

  test('is waited for also where only its policy is not known yet', async () => {
    await using s = await setup();
    const said = 'The provided execution role does not have permissions to call CreateNetworkInterface on EC2';
    s.aws.fail('lambda:CreateFunction', new ApiError(400, 'InvalidParameterValueException', said), 2);
    expect(await createFunction(s.target, s.request(), s.options)).toMatchObject({ created: true });
  });

  test('is not waited for forever, and what was made is taken away', async () => {
    await using s = await setup();
    s.aws.fail('lambda:CreateFunction', NOT_ASSUMABLE, Infinity);
    const error = await rejection(createFunction(s.target, s.request(), s.options));
    expect(error).toMatchObject({ code: 'DEPLOY_FAILED' });
    expect(String(error)).toContain('for 60 s');
    expect(String(error)).toContain('must trust lambda.amazonaws.com');
    expect(s.timing.now()).toBeLessThan(70_000);
    expect(s.aws.iam.roles.size).toBe(0);
    expect(s.aws.logs.groups.size).toBe(0);
  });
});

test('a role that not all of IAM knows yet gets its policy a moment later', async () => {
  await using s = await setup();
  s.aws.fail('iam:PutRolePolicy', new ApiError(404, 'NoSuchEntity', 'The role cannot be found.'), 2);
  expect(await createFunction(s.target, s.request(), s.options)).toMatchObject({ created: true });
  expect(s.aws.iam.roles.get(ROLE)?.policies.size).toBe(1);
});

describe('what Lambda refuses for good', () => {
  const noLayer = new ApiError(400, 'InvalidParameterValueException', 'Layer version arn:x does not exist.');

  test('is not tried again, and what this run has made is taken away', async () => {
    await using s = await setup();
    s.aws.fail('lambda:CreateFunction', noLayer);
    const error = await rejection(createFunction(s.target, s.request(), s.options));
    expect(error).toMatchObject({ code: 'OPTION_INVALID' });
    expect(String(error)).toContain('Layer version arn:x does not exist');
    expect(s.aws.actions.filter((action) => action === 'lambda:CreateFunction')).toHaveLength(1);
    expect(s.aws.iam.roles.size).toBe(0);
    expect(s.aws.logs.groups.size).toBe(0);
    expect(s.steps.at(-1)).toMatchObject({ name: 'clean up', phase: 'end' });
  });

  test('leaves role and log group that were there before', async () => {
    await using s = await setup();
    await createFunction(s.target, s.request(), s.options);
    s.aws.lambda.functions.clear();
    s.aws.fail('lambda:CreateFunction', noLayer);
    await rejection(createFunction(s.target, s.request(), s.options));
    expect([...s.aws.iam.roles.keys()]).toEqual([ROLE]);
    expect([...s.aws.logs.groups.keys()]).toEqual([LOG_GROUP]);
  });

  test('takes the log group away again where the role cannot be made', async () => {
    await using s = await setup();
    const full = new ApiError(409, 'LimitExceeded', 'Cannot exceed quota for RolesPerAccount: 1000');
    s.aws.fail('iam:CreateRole', full, Infinity);
    const error = await rejection(createFunction(s.target, s.request(), s.options));
    expect(error).toMatchObject({ code: 'DEPLOY_FAILED' });
    expect(String(error)).toContain('A quota of the account is reached');
    expect(String(error)).toContain('RolesPerAccount');
    expect(s.aws.logs.groups.size).toBe(0);
  });
});

test('what another run makes at the same moment stays for both', async () => {
  await using s = await setup();
  const said = 'A conflicting operation is currently in progress against this resource.';
  s.aws.fail('logs:PutRetentionPolicy', new ApiError(400, 'OperationAbortedException', said));
  const error = await rejection(createFunction(s.target, s.request(), s.options));
  expect(error).toMatchObject({ code: 'DEPLOY_FAILED', retryable: true });
  expect(String(error)).toContain('Run it again');
  expect([...s.aws.logs.groups.keys()]).toEqual([LOG_GROUP]);
});

test('where nobody can tell whether the function was made, all stays for the next run', async () => {
  await using s = await setup();
  s.aws.fail('lambda:CreateFunction', new ApiError(500, 'ServiceException', 'Oops.'), 3);
  const error = await rejection(createFunction(s.target, s.request(), s.options));
  expect(error).toMatchObject({ code: 'DEPLOY_FAILED', retryable: true });
  expect(s.aws.iam.roles.size + s.aws.logs.groups.size).toBe(2);
  expect(await createFunction(s.target, s.request(), s.options)).toMatchObject({ created: true });
});

test('a quota of code says what to delete', async () => {
  await using s = await setup();
  const full = new ApiError(400, 'CodeStorageExceededException', 'Code storage limit exceeded.');
  s.aws.fail('lambda:CreateFunction', full);
  const error = await rejection(createFunction(s.target, s.request(), s.options));
  expect(error).toMatchObject({ code: 'DEPLOY_FAILED', details: { awsCode: 'CodeStorageExceededException' } });
  expect(String(error)).toContain('delete functions or old versions');
});

describe('a missing permission', () => {
  test('is named, and where to find all that are needed', async () => {
    await using s = await setup();
    const denied = new ApiError(403, 'AccessDeniedException', 'User: x is not authorized.');
    s.aws.fail('lambda:GetFunction', denied);
    const error = await rejection(createFunction(s.target, s.request(), s.options));
    expect(error).toMatchObject({ code: 'ACCESS_DENIED', details: { action: 'lambda:GetFunction' } });
    expect(String(error)).toContain('Allow these credentials the action lambda:GetFunction: `lambdapool policy`');
  });

  test('is the one that AWS names, where a request needs several', async () => {
    await using s = await setup();
    const said = 'User: x is not authorized to perform: iam:PassRole on resource: y';
    s.aws.fail('lambda:CreateFunction', new ApiError(403, 'AccessDeniedException', said));
    const error = await rejection(createFunction(s.target, s.request(), s.options));
    expect(String(error)).toContain('Allow these credentials the action iam:PassRole:');
  });

  test('to call the function is a note, no failure', async () => {
    await using s = await setup();
    s.aws.fail('lambda:InvokeFunction', new ApiError(403, 'AccessDeniedException', 'No.'));
    const { notes } = await createFunction(s.target, s.request(), s.options);
    expect(notes).toEqual([expect.stringContaining('lambda:InvokeFunction')]);
  });
});

test('wrong credentials are told as such', async () => {
  await using s = await setup();
  const unknown = new ApiError(
    403,
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
  );
  s.aws.fail('lambda:GetFunction', unknown);
  const error = await rejection(createFunction(s.target, s.request(), s.options));
  expect(error).toMatchObject({ code: 'ACCESS_DENIED' });
  expect(String(error)).toContain('Check the credentials and the region');
});

describe('a creation that failed', () => {
  test('tells state and reason', async () => {
    await using s = await setup();
    s.aws.lambda.busyReads = 1;
    s.aws.lambda.nextState = 'Failed';
    const error = await rejection(createFunction(s.target, s.request(), s.options));
    expect(error).toMatchObject({
      code: 'DEPLOY_FAILED',
      details: { state: 'Failed', reasonCode: 'InsufficientCapacity' },
    });
    expect(String(error)).toContain('InsufficientCapacity: The subnets are full.');
  });

  test.each([{ deploy: createFunction }, { deploy: updateFunction }, { deploy: ensureFunction }])(
    'is replaced by the next $deploy.name, with its settings',
    async ({ deploy }) => {
      await using s = await setup();
      s.aws.lambda.nextState = 'Failed';
      await rejection(createFunction(s.target, s.request({ memoryMb: 256 }), s.options));
      s.aws.lambda.nextState = 'Active';
      const deployed = await deploy(s.target, s.request(), s.options);
      expect(deployed).toMatchObject({ created: true, memoryMb: 256 });
      expect(s.aws.lambda.functions.get('helpers')?.configuration['State']).toBe('Active');
    },
  );
});

test('a change that failed tells its reason, and is made again by the next run', async () => {
  await using s = await setup();
  await createFunction(s.target, s.request(), s.options);
  s.aws.lambda.nextState = 'Failed';
  await s.root.write('math.ts', 'export const add = () => 1;\n');
  const error = await rejection(updateFunction(s.target, s.request(), s.options));
  expect(error).toMatchObject({ code: 'DEPLOY_FAILED' });
  expect(String(error)).toContain('InvalidLayer: The layer is gone.');
  s.aws.lambda.nextState = 'Active';
  expect(await updateFunction(s.target, s.request(), s.options)).toMatchObject({ changed: ['code'] });
});

describe('somebody else who deploys at the same time', () => {
  const conflict = new ApiError(409, 'ResourceConflictException', 'An update is in progress for resource: x');

  test('is waited for', async () => {
    await using s = await setup();
    await createFunction(s.target, s.request(), s.options);
    s.aws.fail('lambda:UpdateFunctionConfiguration', conflict, 2);
    expect(await updateFunction(s.target, s.request({ memoryMb: 512 }), s.options)).toMatchObject({ memoryMb: 512 });
  });

  test('is not waited for forever', async () => {
    await using s = await setup();
    await createFunction(s.target, s.request(), s.options);
    s.aws.fail('lambda:UpdateFunctionConfiguration', conflict, Infinity);
    const error = await rejection(updateFunction(s.target, s.request({ memoryMb: 512 }), s.options));
    expect(error).toMatchObject({ code: 'DEPLOY_FAILED' });
    expect(String(error)).toContain('Somebody else keeps changing helpers');
  });

  test('and has the last word is told by the first call', async () => {
    await using s = await setup();
    s.aws.lambda.reply = JSON.stringify({ lambdapool: 1, timeoutMs: 1, manifest: { hash: 'other' } });
    const error = await rejection(createFunction(s.target, s.request(), s.options));
    expect(error).toMatchObject({ code: 'DEPLOY_FAILED', details: { got: 'other' } });
    expect(String(error)).toContain('holds other tasks (other)');
  });
});

describe('the first call', () => {
  test('tells what keeps the function from starting', async () => {
    await using s = await setup();
    s.aws.lambda.functionError = 'Unhandled';
    s.aws.lambda.reply = JSON.stringify({
      errorType: 'Runtime.ImportModuleError',
      errorMessage: "Cannot find module 'sharp'",
    });
    const error = await rejection(createFunction(s.target, s.request(), s.options));
    expect(error).toMatchObject({ code: 'DEPLOY_FAILED' });
    expect(String(error)).toContain("its first call failed: Runtime.ImportModuleError: Cannot find module 'sharp'.");
  });

  test('notices a function that is no agent', async () => {
    await using s = await setup();
    s.aws.lambda.reply = '"hello"';
    const error = await rejection(createFunction(s.target, s.request(), s.options));
    expect(error).toMatchObject({ code: 'DEPLOY_FAILED' });
    expect(String(error)).toContain('does not answer as lambdapool');
  });

  test('is made again while the function is not ready for it', async () => {
    await using s = await setup();
    s.aws.fail('lambda:InvokeFunction', new ApiError(409, 'ResourceConflictException', 'State: Pending'), 2);
    await createFunction(s.target, s.request(), s.options);
    expect(s.aws.actions.filter((action) => action === 'lambda:InvokeFunction')).toHaveLength(3);
  });

  test('that failed leaves a function that the next creation takes up', async () => {
    await using s = await setup();
    s.aws.lambda.reply = '"hello"';
    await rejection(createFunction(s.target, s.request(), s.options));
    s.aws.lambda.reply = undefined;
    const deployed = await createFunction(s.target, s.request(), s.options);
    expect(deployed).toMatchObject({ created: false, changed: [] });
    expect(s.aws.lambda.functions.get('helpers')?.tags).toEqual({ creator: 'lambdapool', function_name: 'helpers' });
  });
});

test('a function that is made, and not shown at once, is waited for', async () => {
  await using s = await setup();
  s.aws.fail('lambda:GetFunctionConfiguration', new ApiError(404, 'ResourceNotFoundException', 'Not found.'), 2);
  expect(await createFunction(s.target, s.request(), s.options)).toMatchObject({ created: true });
});

test('a build that fails is told as such, and nothing was made', async () => {
  await using s = await setup();
  await s.root.write('math.ts', 'export const add = (;\n');
  const error = await rejection(createFunction(s.target, s.request(), s.options));
  expect(error).toMatchObject({ code: 'BUILD_FAILED' });
  expect(s.aws.writes).toEqual([]);
});
