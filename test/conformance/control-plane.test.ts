/** The control plane through the clients that people have: the SDK for JavaScript, boto3, the AWS CLI. */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  DeleteFunctionCommand,
  GetAccountSettingsCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  InvalidParameterValueException,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  ListTagsCommand,
  paginateListFunctions,
  paginateListVersionsByFunction,
  PreconditionFailedException,
  PublishVersionCommand,
  ResourceConflictException,
  ResourceNotFoundException,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { zipOf } from '../support/zip.ts';
import { FUNCTION, type Lambda, openLambda } from './support/lambda.ts';
import { clientEnvironment, findPython, run } from './support/python.ts';

const ROLE = 'arn:aws:iam::000000000000:role/r';
const ARN = 'arn:aws:lambda:us-east-1:000000000000:function';
const packageOf = (answer: string): Uint8Array =>
  zipOf({ 'index.mjs': `export const handler = async () => [${JSON.stringify(answer)}, process.env.LEVEL ?? null];` });
const first = packageOf('first');
const second = packageOf('second');
const python = await findPython();
const missing = 'missing' in python ? python.missing : undefined;
const skipped = missing === undefined ? '' : ` (skipped: ${missing})`;

let lambda: Lambda;
beforeAll(async () => {
  lambda = await openLambda();
});
afterAll(() => lambda[Symbol.asyncDispose]());

describe('the SDK for JavaScript', () => {
  let client: LambdaClient;
  beforeAll(() => {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    // Another region than the emulator's: what it gives out must be good all the same.
    client = new LambdaClient({ endpoint: lambda.url, region: 'eu-west-1', credentials, maxAttempts: 1 });
  });
  afterAll(() => client.destroy());

  const inputFor = (FunctionName: string, more: Partial<CreateFunctionCommandInput> = {}) => ({
    FunctionName,
    Role: ROLE,
    Runtime: 'nodejs24.x' as const,
    Handler: 'index.handler',
    Code: { ZipFile: first },
    ...more,
  });
  async function create(name: string, more: Partial<CreateFunctionCommandInput> = {}) {
    const created = await client.send(new CreateFunctionCommand(inputFor(name, more)));
    await waitUntilFunctionActiveV2({ client, maxWaitTime: 10 }, { FunctionName: name });
    return created;
  }
  async function updated(name: string) {
    const { state } = await waitUntilFunctionUpdatedV2({ client, maxWaitTime: 10 }, { FunctionName: name });
    expect(state).toBe('SUCCESS');
  }
  async function call(name: string, qualifier = '$LATEST'): Promise<unknown> {
    const { Payload } = await client.send(new InvokeCommand({ FunctionName: name, Qualifier: qualifier }));
    return JSON.parse(Payload?.transformToString() ?? '');
  }
  const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => undefined,
      (error) => error,
    );

  it('leads a function through its life', async () => {
    const created = await create('life', { Environment: { Variables: { LEVEL: 'one' } }, Tags: { a: '1' } });
    expect(created).toMatchObject({
      $metadata: { httpStatusCode: 201 },
      CodeSha256: createHash('sha256').update(first).digest('base64'),
      CodeSize: first.length,
      FunctionArn: `${ARN}:life`,
      State: 'Pending',
      Version: '$LATEST',
    });
    expect(created.LastUpdateStatus).toBeUndefined();
    expect(await call('life')).toEqual(['first', 'one']);

    const published = await client.send(new PublishVersionCommand({ FunctionName: 'life', Description: 'v1' }));
    expect(published).toMatchObject({
      $metadata: { httpStatusCode: 201 },
      Description: 'v1',
      FunctionArn: `${ARN}:life:1`,
      State: 'Active',
      Version: '1',
    });
    const update = await client.send(new UpdateFunctionCodeCommand({ FunctionName: 'life', ZipFile: second }));
    expect(update).toMatchObject({ LastUpdateStatus: 'InProgress', LastUpdateStatusReasonCode: 'Creating' });
    await updated('life');
    const variables = { Environment: { Variables: { LEVEL: 'two' } } };
    await client.send(new UpdateFunctionConfigurationCommand({ FunctionName: created.FunctionArn, ...variables }));
    await updated('life');
    expect(await call('life')).toEqual(['second', 'two']);
    expect(await call('life', '1')).toEqual(['first', 'one']);
    expect(await call(`${ARN}:life:1`, '1')).toEqual(['first', 'one']);

    const deleted = await client.send(new DeleteFunctionCommand({ FunctionName: 'life' }));
    expect(deleted).toMatchObject({ StatusCode: 204 });
    const gone = await failureOf(client.send(new GetFunctionCommand({ FunctionName: 'life' })));
    expect(gone).toBeInstanceOf(ResourceNotFoundException);
    expect(gone).toMatchObject({ message: `Function not found: ${ARN}:life`, Type: 'User' });
  });

  it('gets a function with its tags, and its zip from the URL that it is given', async () => {
    const { FunctionArn } = await create('shown');
    await client.send(new TagResourceCommand({ Resource: FunctionArn, Tags: { creator: 'test', more: 'x' } }));
    await client.send(new UntagResourceCommand({ Resource: FunctionArn, TagKeys: ['more', 'none'] }));
    expect((await client.send(new ListTagsCommand({ Resource: FunctionArn }))).Tags).toEqual({ creator: 'test' });
    const { Code, Configuration, Tags } = await client.send(new GetFunctionCommand({ FunctionName: FunctionArn }));
    expect(Tags).toEqual({ creator: 'test' });
    expect(Configuration).toMatchObject({ FunctionArn, State: 'Active', LastUpdateStatus: 'Successful' });
    const download = await fetch(Code?.Location ?? '');
    expect(new Uint8Array(await download.arrayBuffer())).toEqual(new Uint8Array(first));
    const configuration = await client.send(
      new GetFunctionConfigurationCommand({ FunctionName: 'shown', Qualifier: '$LATEST' }),
    );
    expect(configuration.FunctionArn).toBe(`${FunctionArn}:$LATEST`);
  });

  it('lists functions and versions in pages, without their states', async () => {
    for (let index = 0; index < 55; index += 1) await client.send(new CreateFunctionCommand(inputFor(`page-${index}`)));
    await client.send(new CreateFunctionCommand(inputFor('page-published', { Publish: true })));
    const sizes: number[] = [];
    const names = new Set<string | undefined>();
    for await (const { Functions = [] } of paginateListFunctions({ client }, {})) {
      sizes.push(Functions.length);
      for (const each of Functions) {
        names.add(each.FunctionName);
        expect(each.State ?? each.LastUpdateStatus).toBeUndefined();
      }
    }
    expect(sizes[0]).toBe(50);
    expect(sizes).toHaveLength(2);
    expect(names.size).toBe(sizes.reduce((sum, size) => sum + size));
    expect(names).toContain(FUNCTION);
    const all = await client.send(new ListFunctionsCommand({ FunctionVersion: 'ALL', MaxItems: 2 }));
    expect(all.Functions?.map(({ FunctionArn }) => FunctionArn?.split(':').at(-1))).toEqual(['$LATEST', '$LATEST']);
    const versions: (string | undefined)[] = [];
    const request = { FunctionName: 'page-published', MaxItems: 1 };
    for await (const { Versions = [] } of paginateListVersionsByFunction({ client }, request)) {
      versions.push(...Versions.map(({ Version }) => Version));
    }
    expect(versions).toEqual(['$LATEST', '1']);
  });

  it('gets the limits that a pool asks for', async () => {
    const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}));
    expect(AccountLimit).toMatchObject({ ConcurrentExecutions: 2, UnreservedConcurrentExecutions: 2 });
    const { ReservedConcurrentExecutions } = await client.send(
      new GetFunctionConcurrencyCommand({ FunctionName: FUNCTION }),
    );
    expect(ReservedConcurrentExecutions).toBeUndefined();
  });

  it('gets errors as its own classes', async () => {
    const { RevisionId } = await create('failing');
    const again = await failureOf(client.send(new CreateFunctionCommand(inputFor('failing'))));
    expect(again).toBeInstanceOf(ResourceConflictException);
    expect(again).toMatchObject({ message: 'Function already exist: failing' });
    const stale = { FunctionName: 'failing', Timeout: 9, RevisionId };
    const precondition = await failureOf(client.send(new UpdateFunctionConfigurationCommand(stale)));
    expect(precondition).toBeInstanceOf(PreconditionFailedException);
    const garbage = { FunctionName: 'failing', ZipFile: Buffer.from('garbage') };
    const unzip = await failureOf(client.send(new UpdateFunctionCodeCommand(garbage)));
    expect(unzip).toBeInstanceOf(InvalidParameterValueException);
    expect(unzip).toMatchObject({
      message: 'Could not unzip uploaded file. Please check your file, then try to upload again.',
    });
    const name = 'x'.repeat(65);
    expect(await failureOf(client.send(new CreateFunctionCommand(inputFor(name))))).toMatchObject({
      name: 'InvalidParameterValueException',
      message: `1 validation error detected: Value '${name}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 64`,
    });
    const invalid = inputFor('invalid:function:name', { Role: 'r1' });
    expect(await failureOf(client.send(new CreateFunctionCommand(invalid)))).toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(
        /^2 validation errors detected: Value 'invalid:function:name' at 'functionName' .+; Value 'r1' at 'role' /,
      ),
    });
    const latest = { FunctionName: 'failing', Qualifier: '$LATEST' };
    expect(await failureOf(client.send(new DeleteFunctionCommand(latest)))).toMatchObject({
      message: '$LATEST version cannot be deleted without deleting the function.',
    });
    const mismatch = { FunctionName: `${ARN}:failing:1`, Qualifier: '2' };
    expect(await failureOf(client.send(new GetFunctionCommand(mismatch)))).toMatchObject({
      message: 'The derived qualifier from the function name does not match the specified qualifier.',
    });
    const tags = { Resource: `${ARN}:failing:1`, Tags: { a: '1' } };
    expect(await failureOf(client.send(new TagResourceCommand(tags)))).toMatchObject({
      message: 'Tags on function aliases and versions are not supported. Please specify a function ARN.',
    });
    const wrongSha = { FunctionName: 'failing', CodeSha256: 'somenonexistentsha256' };
    expect(await failureOf(client.send(new PublishVersionCommand(wrongSha)))).toMatchObject({
      message: expect.stringMatching(/^CodeSHA256 \(somenonexistentsha256\) is different from current CodeSHA256 in/),
    });
  });

  it('a package of more than 50 MB is refused, and a request of more than 70,167,211 bytes as a whole', async () => {
    const tooLarge = (bytes: number) => ({ ...inputFor('large'), Code: { ZipFile: new Uint8Array(bytes) } });
    expect(await failureOf(client.send(new CreateFunctionCommand(tooLarge(52_428_801))))).toMatchObject({
      name: 'RequestEntityTooLargeException',
      message: 'Zipped size must be smaller than 52428800 bytes',
      $metadata: { httpStatusCode: 413 },
    });
    expect(await failureOf(client.send(new CreateFunctionCommand(tooLarge(53_000_000))))).toMatchObject({
      name: 'RequestEntityTooLargeException',
      message: 'Request must be smaller than 70167211 bytes for the CreateFunction operation',
      $metadata: { httpStatusCode: 413 },
    });
  });
});

describe.skipIf(missing !== undefined)(`clients in Python${skipped}`, () => {
  const interpreter = 'interpreter' in python ? python.interpreter : '';

  it('boto3 leads a function through its life, with its waiters and paginators', async () => {
    const script = fileURLToPath(new URL('support/control.py', import.meta.url));
    const input = JSON.stringify([first, second].map((each) => Buffer.from(each).toString('base64')));
    const outcome = await run(interpreter, [script], { env: clientEnvironment(lambda.url), input });
    expect(outcome.stderr).toBe('');
    const steps: unknown = JSON.parse(outcome.stdout);
    expect(steps).toMatchObject({
      created: [201, 'Pending'],
      first: ['first', null],
      again: { type: 'ResourceConflictException', status: 409, message: 'Function already exist: from-boto3' },
      updating: 'InProgress',
      second: [
        ['second', 'high'],
        ['first', null],
      ],
      pages: expect.arrayContaining([50]),
      versions: ['$LATEST', '1'],
      tags: { b: '2' },
      concurrency: null,
      account: expect.any(Number),
      stale: { type: 'PreconditionFailedException', status: 412 },
      garbage: { type: 'InvalidParameterValueException', status: 400 },
      deleted: 204,
      gone: { type: 'ResourceNotFoundException', status: 404 },
    });
  });

  it('the AWS CLI creates, updates, publishes, lists and deletes', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'lambdapool-cli-'));
    const aws = async (...args: readonly string[]): Promise<unknown> => {
      const outcome = await run(interpreter, ['-m', 'awscli', 'lambda', ...args], {
        env: clientEnvironment(lambda.url),
      });
      expect(outcome).toMatchObject({ exitCode: 0, stderr: '' });
      return outcome.stdout.trim() === '' ? undefined : JSON.parse(outcome.stdout);
    };
    const named = ['--function-name', 'from-cli'];
    try {
      const zipFile = path.join(directory, 'code.zip');
      await writeFile(zipFile, first);
      const settings = ['--runtime', 'nodejs24.x', '--role', ROLE, '--handler', 'index.handler'];
      const created = await aws('create-function', ...named, ...settings, '--zip-file', `fileb://${zipFile}`);
      expect(created).toMatchObject({ FunctionName: 'from-cli', State: 'Pending' });
      await aws('wait', 'function-active-v2', ...named);
      await writeFile(zipFile, second);
      const update = await aws('update-function-code', ...named, '--zip-file', `fileb://${zipFile}`);
      expect(update).toMatchObject({ LastUpdateStatus: 'InProgress' });
      await aws('wait', 'function-updated-v2', ...named);
      expect(await aws('publish-version', ...named)).toMatchObject({ Version: '1' });
      const answer = path.join(directory, 'answer.json');
      expect(await aws('invoke', ...named, '--qualifier', '1', answer)).toMatchObject({ ExecutedVersion: '1' });
      expect(JSON.parse(await readFile(answer, 'utf8'))).toEqual(['second', null]);
      const listed = await aws('list-functions', '--query', 'Functions[?FunctionName==`from-cli`].Handler');
      expect(listed).toEqual(['index.handler']);
      await aws('delete-function', ...named);
      expect(await aws('list-functions', '--query', 'Functions[?FunctionName==`from-cli`]')).toEqual([]);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});
