import { describe, expect, test } from 'vitest';
import { createFunction, ensureFunction, updateFunction } from '../../../src/deploy/deploy-function.ts';
import { setup } from './setup.ts';

const ROLE = 'lambdapool-role-helpers';

describe('a second deployment', () => {
  test('of the same changes nothing: no request writes', async () => {
    await using s = await setup();
    const settings = { memoryMb: 256, env: { B_B: '2', A_A: '1' }, tags: { team: 'blue' } };
    const first = await ensureFunction(s.target, s.request(settings), s.options);
    s.aws.forget();
    const second = await ensureFunction(s.target, s.request({ ...settings, env: { A_A: '1', B_B: '2' } }), s.options);
    expect(s.aws.writes).toEqual([]);
    expect(second).toEqual({ ...first, created: false, changed: [] });
  });

  test('sends code only where only code has changed', async () => {
    await using s = await setup();
    await createFunction(s.target, s.request(), s.options);
    s.aws.forget();
    await s.root.write('math.ts', 'export const add = (a: number, b: number) => b + a + 0;\n');
    const deployed = await updateFunction(s.target, s.request(), s.options);
    expect(s.aws.writes).toEqual(['lambda:UpdateFunctionCode']);
    expect(deployed).toMatchObject({ created: false, changed: ['code'] });
  });

  test('sends no more of the configuration than what has changed', async () => {
    await using s = await setup();
    await createFunction(s.target, s.request({ timeoutMs: 5000, env: { STAGE: 'test' } }), s.options);
    s.aws.forget();
    const deployed = await updateFunction(s.target, s.request({ memoryMb: 512 }), s.options);
    expect(s.aws.writes).toEqual(['lambda:UpdateFunctionConfiguration']);
    expect(s.aws.bodyOf('lambda:UpdateFunctionConfiguration')).toEqual({ MemorySize: 512 });
    expect(deployed).toMatchObject({ changed: ['configuration'], memoryMb: 512, timeoutMs: 5000 });
  });

  test.each([
    [{ timeoutMs: 7000 }, { Timeout: 7 }],
    [{ runtime: 'nodejs22.x' }, { Runtime: 'nodejs22.x' }],
    [
      { layers: ['arn:aws:lambda:eu-central-1:123456789012:layer:l:1'] },
      { Layers: ['arn:aws:lambda:eu-central-1:123456789012:layer:l:1'] },
    ],
    [{ roleArn: 'arn:aws:iam::123456789012:role/mine' }, { Role: 'arn:aws:iam::123456789012:role/mine' }],
    [
      { subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'] },
      { VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] } },
    ],
  ])('compares %j, and leaves it alone the next time', async (settings, sent) => {
    await using s = await setup();
    await createFunction(s.target, s.request(), s.options);
    await updateFunction(s.target, s.request(settings), s.options);
    expect(s.aws.bodyOf('lambda:UpdateFunctionConfiguration')).toEqual(sent);
    s.aws.forget();
    await updateFunction(s.target, s.request(settings), s.options);
    expect(s.aws.writes).toEqual([]);
  });

  test('clears what is given empty, and keeps what is not given', async () => {
    await using s = await setup();
    const vpc = { subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'] };
    await createFunction(s.target, s.request({ ...vpc, env: { STAGE: 'test' }, tags: { team: 'blue' } }), s.options);
    s.aws.forget();
    await updateFunction(s.target, s.request(), s.options);
    expect(s.aws.writes).toEqual([]);
    const empty = { subnetIds: [], securityGroupIds: [], env: {}, tags: {} };
    await updateFunction(s.target, s.request(empty), s.options);
    const made = s.aws.lambda.functions.get('helpers');
    expect(made?.configuration['VpcConfig']).toEqual({ SubnetIds: [], SecurityGroupIds: [] });
    expect(made?.configuration['Environment']).toMatchObject({ Variables: { CREATOR: 'lambdapool' } });
    expect(JSON.stringify(made?.configuration['Environment'])).not.toContain('STAGE');
    expect(made?.tags).toEqual({ creator: 'lambdapool', function_name: 'helpers' });
  });

  test('does not mind the order in which AWS tells subnets and security groups', async () => {
    await using s = await setup();
    const vpc = { subnetIds: ['subnet-1', 'subnet-2'], securityGroupIds: ['sg-1', 'sg-2'] };
    await createFunction(s.target, s.request(vpc), s.options);
    s.aws.forget();
    const turned = { subnetIds: ['subnet-2', 'subnet-1'], securityGroupIds: ['sg-2', 'sg-1'] };
    await updateFunction(s.target, s.request(turned), s.options);
    expect(s.aws.writes).toEqual([]);
  });

  test('leaves the role what it needs in a VPC: interfaces go later, and another region may have some', async () => {
    await using s = await setup();
    const vpc = { subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'] };
    await createFunction(s.target, s.request(vpc), s.options);
    await updateFunction(s.target, s.request({ subnetIds: [], securityGroupIds: [] }), s.options);
    expect(s.aws.iam.roles.get(ROLE)?.policies.get('lambdapool')).toContain('ec2:DeleteNetworkInterface');
    s.aws.forget();
    await updateFunction(s.target, s.request(), s.options);
    expect(s.aws.writes).toEqual([]);
  });

  test('changes tags, and takes away those that are gone', async () => {
    await using s = await setup();
    await createFunction(s.target, s.request({ tags: { team: 'blue', old: 'x' } }), s.options);
    s.aws.forget();
    const deployed = await updateFunction(s.target, s.request({ tags: { team: 'red' } }), s.options);
    expect(s.aws.writes).toEqual(['lambda:TagResource', 'lambda:UntagResource']);
    expect(s.aws.lambda.functions.get('helpers')?.tags).toEqual({
      creator: 'lambdapool',
      function_name: 'helpers',
      team: 'red',
    });
    expect(deployed.changed).toEqual(['configuration']);
  });

  test('of code for another machine sends both together', async () => {
    await using s = await setup();
    await createFunction(s.target, s.request(), s.options);
    const deployed = await updateFunction(s.target, s.request({ architecture: 'arm64' }), s.options);
    expect(s.aws.bodyOf('lambda:UpdateFunctionCode')['Architectures']).toEqual(['arm64']);
    expect(deployed).toMatchObject({ changed: ['code'], architecture: 'arm64' });
    s.aws.forget();
    expect(await updateFunction(s.target, s.request(), s.options)).toMatchObject({
      changed: [],
      architecture: 'arm64',
    });
    expect(s.aws.writes).toEqual([]);
  });

  test('waits between code and configuration, which Lambda refuses at once', async () => {
    await using s = await setup();
    await createFunction(s.target, s.request(), s.options);
    s.aws.lambda.busyReads = 3;
    s.aws.forget();
    await s.root.write('math.ts', 'export const add = () => 1;\n');
    const deployed = await updateFunction(s.target, s.request({ memoryMb: 512 }), s.options);
    expect(deployed.changed).toEqual(['code', 'configuration']);
    const code = s.aws.actions.indexOf('lambda:UpdateFunctionCode');
    const configuration = s.aws.actions.indexOf('lambda:UpdateFunctionConfiguration');
    const between = s.aws.actions.slice(code + 1, configuration);
    expect(new Set(between)).toEqual(new Set(['lambda:GetFunctionConfiguration']));
    expect(between.length).toBe(4);
  });

  test('repairs a role whose policy or mark is gone', async () => {
    await using s = await setup();
    await createFunction(s.target, s.request(), s.options);
    s.aws.iam.roles.get(ROLE)?.policies.clear();
    s.aws.iam.roles.get(ROLE)?.tags.delete('region:eu-central-1');
    s.aws.forget();
    const deployed = await updateFunction(s.target, s.request(), s.options);
    expect(s.aws.writes).toEqual(['iam:PutRolePolicy', 'iam:TagRole']);
    expect(deployed.changed).toEqual(['configuration']);
  });
});
