import { describe, expect, test } from 'vitest';
import { LOCAL_DEFAULTS } from '../../../src/cli/defaults.ts';
import { resolveSettings } from '../../../src/cli/settings.ts';
import { resolveTarget as resolve } from '../../../src/cli/target.ts';
import type { Target, TargetFlags } from '../../../src/cli/target.ts';

function resolveTarget(flags: TargetFlags, env: Readonly<Record<string, string>>): Target {
  const given = { functionName: flags.function, tasksRoot: flags.tasks, endpoint: flags.endpoint };
  const config = { values: {}, file: undefined, origins: {} };
  const { values } = resolveSettings({ flags: given, env, config, defaults: LOCAL_DEFAULTS });
  return resolve({ flags, values, env });
}

describe('resolveTarget()', () => {
  test('is the address of `lambdapool dev` where nothing is said', () => {
    expect(resolveTarget({}, {})).toEqual({
      kind: 'endpoint',
      functionName: 'lambdapool',
      endpoint: 'http://127.0.0.1:3001',
      region: 'us-east-1',
      dummyKeys: true,
      assumed: true,
    });
  });

  test('is this process for --tasks, whatever the environment says', () => {
    const env = { LAMBDAPOOL_TRANSPORT: 'lambda', AWS_ENDPOINT_URL: 'http://localhost:4566' };
    expect(resolveTarget({ tasks: 'my/tasks' }, env)).toEqual({ kind: 'tasks', tasksRoot: 'my/tasks' });
  });

  test('takes the endpoint from the flag, then LAMBDAPOOL_TRANSPORT, then the variables of AWS', () => {
    const env: Record<string, string> = {
      LAMBDAPOOL_TRANSPORT: 'http://localhost:1',
      AWS_ENDPOINT_URL_LAMBDA: 'http://localhost:2',
      AWS_ENDPOINT_URL: 'http://localhost:3',
    };
    const endpoint = (flag?: string): unknown => resolveTarget({ endpoint: flag, function: 'f' }, env);
    expect(endpoint('http://localhost:9/')).toMatchObject({ endpoint: 'http://localhost:9', functionName: 'f' });
    expect(endpoint()).toMatchObject({ endpoint: 'http://localhost:1', assumed: false });
    env['LAMBDAPOOL_TRANSPORT'] = '';
    expect(endpoint()).toMatchObject({ endpoint: 'http://localhost:2' });
    delete env['AWS_ENDPOINT_URL_LAMBDA'];
    expect(endpoint()).toMatchObject({ endpoint: 'http://localhost:3' });
  });

  test('is AWS for LAMBDAPOOL_TRANSPORT=lambda, and ./tasks for emulator', () => {
    expect(resolveTarget({ function: 'f' }, { LAMBDAPOOL_TRANSPORT: 'lambda', AWS_REGION: 'eu-west-1' })).toEqual({
      kind: 'aws',
      functionName: 'f',
      region: 'eu-west-1',
      profile: undefined,
    });
    expect(resolveTarget({}, { LAMBDAPOOL_TRANSPORT: 'emulator' })).toEqual({ kind: 'tasks', tasksRoot: './tasks' });
  });

  test('is LocalStack for LAMBDAPOOL_TRANSPORT=localstack, whose transport names the function unless a flag does', () => {
    const env = { LAMBDAPOOL_TRANSPORT: 'localstack', AWS_ENDPOINT_URL: 'http://localhost:4566' };
    expect(resolveTarget({}, env)).toEqual({ kind: 'localstack', functionName: undefined });
    expect(resolveTarget({ function: 'f' }, env)).toEqual({ kind: 'localstack', functionName: 'f' });
  });

  test.each([
    'https://localhost:1',
    'https://x.localhost',
    'https://127.0.0.2',
    'https://[::1]:1',
    'http://devbox:3001',
  ])('uses dummy keys on this machine and where nothing is encrypted (%s)', (endpoint) =>
    expect(resolveTarget({ endpoint }, {})).toMatchObject({ dummyKeys: true, region: 'us-east-1' }),
  );

  test.each(['https://lambda.eu-west-1.amazonaws.com', 'https://127.0.0.1.example.com'])(
    'uses real keys elsewhere (%s)',
    (endpoint) => expect(resolveTarget({ endpoint }, {})).toMatchObject({ dummyKeys: false, region: undefined }),
  );

  test('uses dummy keys for the URL in LAMBDAPOOL_TRANSPORT, as pools do', () => {
    expect(resolveTarget({}, { LAMBDAPOOL_TRANSPORT: 'https://stand-in.example' })).toMatchObject({ dummyKeys: true });
  });

  test('keeps the region of the environment', () => {
    expect(resolveTarget({}, { AWS_REGION: 'eu-west-1' })).toMatchObject({ region: 'eu-west-1' });
  });

  test.each([
    [
      { endpoint: 'localhost:3001' },
      {},
      '--endpoint must be a URL such as http://127.0.0.1:3001, got "localhost:3001".',
    ],
    [{}, { AWS_ENDPOINT_URL: 'x' }, 'AWS_ENDPOINT_URL must be a URL such as http://127.0.0.1:3001, got "x".'],
    [{}, { LAMBDAPOOL_TRANSPORT: 'aws' }, "LAMBDAPOOL_TRANSPORT must be 'lambda', 'localstack', 'emulator' or a URL"],
    [{ tasks: 't', endpoint: 'http://localhost:1' }, {}, 'Give either --tasks'],
  ])('refuses %j %j', (flags, env, message) => {
    expect(() => resolveTarget(flags, env)).toThrow(message);
    expect(() => resolveTarget(flags, env)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });
});
