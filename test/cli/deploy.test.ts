/** Deploying on the command line: into the emulator that `lambdapool dev` serves, and where something is wrong. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { refusingAws } from '../support/refusing-aws.ts';
import { tasksRoot } from '../support/tasks-root.ts';
import type { TasksRoot } from '../support/tasks-root.ts';
import { runCli, startCli } from './cli.ts';
import type { Finished } from './cli.ts';
import { FIRST, TRANSCRIPT, liveOnce } from './deploy-scenario.ts';

interface Served extends AsyncDisposable {
  readonly root: TasksRoot;
  readonly url: string;
  run(...words: readonly string[]): Promise<Finished>;
}

/** An emulator, and commands that see it as a production program would. */
async function serve(): Promise<Served> {
  const root = await tasksRoot({ 'math.ts': FIRST });
  const dev = startCli(['dev', root.directory, '--port', '0']);
  const [url] = await dev.seen(/http:\/\/127\.0\.0\.1:\d+/);
  return {
    root,
    url,
    run: (...words) => runCli(words, { cwd: root.path('..'), env: { AWS_ENDPOINT_URL_LAMBDA: url } }),
    async [Symbol.asyncDispose]() {
      await dev[Symbol.asyncDispose]();
      await root[Symbol.asyncDispose]();
    },
  };
}

describe('deploying into the emulator', () => {
  test('tells of a whole life as in other places', async () => {
    await using served = await serve();
    const place = { env: { AWS_ENDPOINT_URL_LAMBDA: served.url }, functionName: 'helpers' };
    expect(await liveOnce(place, served.root)).toBe(TRANSCRIPT);
  });

  test('is a matter of --endpoint, AWS_ENDPOINT_URL_LAMBDA or LAMBDAPOOL_TRANSPORT, and the function can be called', async () => {
    await using served = await serve();
    const { url, root } = served;
    const cwd = root.path('..');
    const created = await runCli(['create', 'a', '--endpoint', url, '--json'], { cwd });
    expect(JSON.parse(created.stdout)).toMatchObject({ functionName: 'a', created: true, tasks: ['math.add'] });
    expect(created.stderr).toBe('');
    const updated = await runCli(['update', 'a', '--json'], { cwd, env: { LAMBDAPOOL_TRANSPORT: url } });
    expect(JSON.parse(updated.stdout)).toMatchObject({ created: false, changed: [] });
    const called = await served.run('apply', 'math.add', '--args', '[40,2]', '--function', 'a');
    expect(called).toMatchObject({ code: 0, stdout: '42\n', stderr: '' });
  });

  test('takes name, folder and settings from the configuration; its environment reaches the tasks', async () => {
    await using served = await serve();
    const { root } = served;
    await root.write('env.ts', 'export const look = (name: string) => process.env[name] ?? null;');
    await root.write(
      '../lambdapool.config.mjs',
      `export default { functionName: 'mine', memoryMb: 256, env: { STAGE: 'a' } };`,
    );
    const { stdout } = await served.run('create', '--env', 'EXTRA=b', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ functionName: 'mine', memoryMb: 256, tasks: ['env.look', 'math.add'] });
    const [stage, extra] = await Promise.all(
      ['STAGE', 'EXTRA'].map((name) => served.run('apply', 'env.look', '--args', JSON.stringify([name]))),
    );
    expect([stage?.stdout, extra?.stdout]).toEqual(['"a"\n', '"b"\n']);
    const listed = await served.run('list', '--json');
    expect(JSON.parse(listed.stdout)).toMatchObject([{ functionName: 'mine', memoryMb: 256, layers: [] }]);
    expect(await served.run('delete')).toMatchObject({ code: 0, stdout: 'Deleted mine: function\n' });
  });

  test('leaves a function of somebody else alone', async () => {
    await using served = await serve();
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    const client = new LambdaClient({ endpoint: served.url, region: 'us-east-1', credentials });
    const ZipFile = zipSync({ 'index.mjs': Buffer.from('export const handler = async () => 1;') });
    const Role = 'arn:aws:iam::000000000000:role/x';
    const facts = { Runtime: 'nodejs24.x', Handler: 'index.handler', Role, Code: { ZipFile } } as const;
    await client.send(new CreateFunctionCommand({ FunctionName: 'theirs', ...facts }));
    client.destroy();
    const all = await Promise.all(['create', 'update', 'delete', 'doctor'].map((verb) => served.run(verb, 'theirs')));
    for (const { code, stdout, stderr } of all) {
      expect(code).toBe(1);
      expect(stdout + stderr).toContain('The function theirs in http://127.0.0.1:');
      expect(stdout + stderr).toContain(
        'was not deployed by lambdapool (it has no tag creator=lambdapool), so it is left alone.',
      );
    }
    expect((await served.run('list')).stdout).not.toContain('theirs');
  });

  test('has no logs to show, and says where they are', async () => {
    await using served = await serve();
    const { code, stderr } = await served.run('logs', 'helpers');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^lambdapool: The emulator keeps no log groups: .* in the terminal of `lambdapool dev`\.\n$/,
    );
  });

  test('makes a half-built project a finding of the doctor, who makes all checks', async () => {
    await using served = await serve();
    await served.root.write('../lambdapool.config.mjs', 'export default { memory: 5 };');
    const { code, stdout } = await served.run('doctor', 'missing', '--json');
    expect(code).toBe(1);
    const checks: { name: string; status: string; message: string }[] = JSON.parse(stdout);
    expect(checks.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'node ok',
      'configuration problem',
      'target ok',
      'credentials skipped',
      'quotas ok',
      'function problem',
      'tasks skipped',
    ]);
    expect(checks[1]?.message).toContain('Did you mean `memoryMb`?');
    expect(checks[5]?.message).toContain('`lambdapool create missing`');
  });
});

describe('Ctrl-C while deploying', () => {
  test('ends at once, as shells expect, and says how to go on', async () => {
    await using root = await tasksRoot({ 'math.ts': FIRST });
    const server = http.createServer((request, response) => {
      request.resume();
      // Nothing is there, and what is made is never finished.
      if (request.method === 'GET') {
        response.writeHead(404, { 'x-amzn-errortype': 'ResourceNotFoundException' });
        response.end('{"Message":"no such function"}');
      } else if (request.method === 'HEAD') response.end();
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    const asked = new Promise<void>((resolve) => {
      server.on('request', ({ method }) => method === 'POST' && resolve());
    });
    const keys = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_REGION: 'eu-west-1' };
    const env = { ...keys, AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${port}` };
    await using running = startCli(['create', 'helpers'], { cwd: root.path('..'), env });
    await asked;
    running.kill('SIGINT');
    const { code, stdout, stderr } = await running.finished;
    server.closeAllConnections();
    server.close();
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toMatch(
      /\nlambdapool: Interrupted during the step "create"\. Run the same command again: it goes on where it stopped\.\n$/,
    );
  });
});

const NOTHING_SET = {
  AWS_CONFIG_FILE: '/nonexistent',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
  AWS_EC2_METADATA_DISABLED: 'true',
};

describe('one sentence with the next step', () => {
  test.each([
    [
      'no region',
      {},
      /^lambdapool: No AWS region is set\. Set the environment variable AWS_REGION, or give it: `--region` on the command line, .*\n$/,
    ],
    [
      'no credentials',
      { AWS_REGION: 'eu-west-1' },
      /lambdapool: No usable AWS credentials \(.+\)\. Set AWS_ACCESS_KEY_ID and .*\n$/,
    ],
    [
      'an endpoint where nobody listens',
      {
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'a',
        AWS_SECRET_ACCESS_KEY: 'b',
        AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      },
      /lambdapool: Cannot reach http:\/\/127\.0\.0\.1:9 for lambda:\w+ \(.*ECONNREFUSED.*\)\. Start what should listen there .*\n$/,
    ],
    [
      'an in-process emulator as the place',
      { LAMBDAPOOL_TRANSPORT: 'emulator' },
      /^lambdapool: LAMBDAPOOL_TRANSPORT=emulator runs tasks without deploying them\. .*--endpoint http:\/\/127\.0\.0\.1:3001\.\n$/,
    ],
  ])('for %s', async (_, env, message) => {
    const { code, stdout, stderr } = await runCli(['list'], { env: { ...NOTHING_SET, ...env } });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  test.each([
    [['create'], 'Name the function: `lambdapool create NAME`'],
    [['update'], 'Name the function: `lambdapool update NAME`'],
    [['delete'], 'Name the function: `lambdapool delete NAME`'],
    [['logs'], 'Name the function: `lambdapool logs NAME`'],
    [['create', 'a b'], 'Expected the option `functionName` to be a name of 1 to 64 letters'],
    [['create', 'a', '--layers', 'x'], '--layers: Expected the option `layers[0]` to be the ARN of a layer version'],
    [['update', 'a', '--runtime', 'python3.13'], '--runtime: The runtime "python3.13" (string) is not known'],
  ])('for %j, before region and credentials are looked for', async (words, message) => {
    const { code, stdout, stderr } = await runCli(words, { env: NOTHING_SET });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`lambdapool: ${message}`);
  });

  test.each([
    ['', {}],
    [', without a word of the SDK about keys', { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' }],
  ])('for a profile that is not there%s', async (_, keys) => {
    const env = { ...NOTHING_SET, AWS_REGION: 'eu-west-1', ...keys };
    const { code, stderr } = await runCli(['list', '--profile', 'nobody'], { env });
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^lambdapool: No usable AWS credentials for the profile nobody \(.+\)\. Check its name .*\n$/,
    );
  });

  test.each([
    {
      what: 'credentials that AWS does not know',
      refusal: { status: 403, code: 'UnrecognizedClientException', message: 'The security token is invalid.' },
      expected: {
        code: 2,
        message:
          /Not allowed to call lambda:GetFunction for helpers \(UnrecognizedClientException: .*\)\. Check the credentials and the region\.\n$/,
      },
    },
    {
      what: 'a missing permission',
      refusal: { status: 403, code: 'AccessDeniedException', message: 'User x is not authorized.' },
      expected: {
        code: 2,
        message:
          /Allow these credentials the action lambda:GetFunction: `lambdapool policy` prints all that is needed\.\n$/,
      },
    },
    {
      what: 'a quota that is reached',
      refusal: { status: 400, code: 'CodeStorageExceededException', message: 'Code storage limit exceeded.' },
      expected: {
        code: 1,
        message:
          /The account has no room for more code: delete functions or old versions, or ask AWS for a higher quota/,
      },
    },
  ])('for $what', async ({ refusal, expected }) => {
    await using root = await tasksRoot({ 'math.ts': FIRST });
    await using aws = await refusingAws(refusal);
    const keys = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_REGION: 'eu-west-1' };
    const env = { ...keys, AWS_ENDPOINT_URL: aws.url };
    const { code, stdout, stderr } = await runCli(['create', 'helpers'], { cwd: root.path('..'), env });
    expect({ code, stdout }).toEqual({ code: expected.code, stdout: '' });
    expect(stderr).toMatch(/^lambdapool: .*\n$/);
    expect(stderr).toMatch(expected.message);
  });

  test('for Docker that does not run', async () => {
    await using root = await tasksRoot({ 'math.ts': FIRST });
    const env = { LAMBDAPOOL_TRANSPORT: 'localstack', DOCKER_HOST: 'tcp://127.0.0.1:9' };
    const { code, stdout, stderr } = await runCli(['apply', 'math.add'], { cwd: root.path('..'), env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(
      /^lambdapool: LocalStack runs in a container, and no Docker answers at .*\. Start Docker, or .*\n$/,
    );
  });

  test('for a function that nobody has named', async () => {
    await using root = await tasksRoot({ 'math.ts': FIRST });
    const { code, stderr } = await runCli(['create', '--region', 'eu-west-1'], { cwd: root.path('..') });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'lambdapool: Name the function: `lambdapool create NAME`, or set `functionName` in the configuration.\n',
    });
  });

  test.each([
    [
      ['--layers', 'pandas'],
      /^lambdapool: --layers: Expected the option `layers\[0\]` to be the ARN of a layer version .*"pandas" \(string\)\.\n$/,
    ],
    [['--runtime', 'nodejs18.x'], /^lambdapool: --runtime: The runtime "nodejs18\.x" .* Choose one of .*\n$/],
    [
      ['--log-retention', '2'],
      /^lambdapool: --log-retention: Expected the option `logRetentionDays` .*1, 3, 5, 7.*\n$/,
    ],
    [['--subnets', 'subnet-1'], /needs both `subnetIds` and `securityGroupIds`/],
    [['--role', 'admin'], /^lambdapool: --role: Expected the option `roleArn` to be the ARN of a role/],
    [['--env', 'AWS_REGION=x'], /Lambda sets it itself/],
  ])('for %j', async (words, message) => {
    await using root = await tasksRoot({ 'math.ts': FIRST });
    const { code, stderr } = await runCli(['create', 'f', '--region', 'eu-west-1', ...words], { cwd: root.path('..') });
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('lambdapool policy', () => {
  test('prints both documents, or the one that IAM is to be given', async () => {
    const facts = ['--region', 'eu-west-1', '--account', '123456789012'];
    const [both, deploying, calling] = await Promise.all([
      runCli(['policy', 'a', 'b', ...facts]),
      runCli(['policy', 'a', '--deploy', ...facts]),
      runCli(['policy', 'a', '--invoke', ...facts]),
    ]);
    expect(Object.keys(JSON.parse(both.stdout))).toEqual(['deploy', 'invoke']);
    expect(both.stdout).toContain('arn:aws:lambda:eu-west-1:123456789012:function:b');
    expect(JSON.parse(deploying.stdout)).toMatchObject({ Version: '2012-10-17' });
    expect(JSON.parse(calling.stdout)).toMatchObject({ Statement: [{ Sid: 'Invoke' }, {}, {}] });
  });
});
