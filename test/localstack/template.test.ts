/** The template of `lambdapool template` on LocalStack's CloudFormation, deployed by the AWS CLI as docs/sam.md says. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deleteFunction } from '../../src/deploy/delete-function.ts';
import { listFunctions } from '../../src/deploy/list-functions.ts';
import { openTarget } from '../../src/deploy/target/target.ts';
import { writeTemplate } from '../../src/deploy/template/write-template.ts';
import { LambdaPool, lambdaTransport } from '../../src/index.ts';
import { clientEnvironment, findPython, run, type Outcome } from '../conformance/support/python.ts';
import { eventually } from '../support/eventually.ts';
import { describeOnLocalStack } from '../support/localstack.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/tasks', import.meta.url));
const NAME = 'from-a-template';
const python = await findPython();

interface Stack {
  readonly StackStatus: string;
  readonly Outputs: readonly { readonly OutputKey: string; readonly OutputValue: string }[];
}

describeOnLocalStack('a template', ({ endpoint, region, credentials }) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'lambdapool-template-'));

  async function aws(...words: readonly string[]): Promise<Outcome> {
    if ('missing' in python) throw new Error(python.missing);
    const done = await run(python.interpreter, ['-m', 'awscli', ...words], { env: clientEnvironment(endpoint) });
    // Progress is written to stderr.
    if (done.exitCode !== 0) throw new Error(`aws ${words.join(' ')}\n${done.stdout}${done.stderr}`);
    return done;
  }

  async function describeStack(): Promise<Stack> {
    const { stdout } = await aws('cloudformation', 'describe-stacks', '--stack-name', NAME, '--output', 'json');
    const [stack]: readonly Stack[] = JSON.parse(stdout).Stacks;
    if (stack === undefined) throw new Error('There is no stack.');
    return stack;
  }

  beforeAll(async () => {
    if ('missing' in python) return;
    await writeTemplate({
      functionName: NAME,
      tasksRoot: FIXTURES,
      settings: { memoryMb: 512, env: { STAGE: 'on' }, tags: { team: 'a' } },
      outDir: folder,
      force: false,
      alarms: true,
    });
    const [template, packaged] = ['template.yaml', 'packaged.yaml'].map((name) => path.join(folder, name));
    await aws('s3', 'mb', 's3://templates');
    const at = [
      '--template-file',
      template ?? '',
      '--s3-bucket',
      'templates',
      '--output-template-file',
      packaged ?? '',
    ];
    await aws('cloudformation', 'package', ...at);
    // As `aws cloudformation deploy` does, which asks every 30 seconds whether the stack is there.
    const body = [
      '--template-body',
      `file://${packaged}`,
      '--capabilities',
      'CAPABILITY_IAM',
      'CAPABILITY_AUTO_EXPAND',
    ];
    await aws('cloudformation', 'create-stack', '--stack-name', NAME, ...body);
    await eventually(async () => expect((await describeStack()).StackStatus).toBe('CREATE_COMPLETE'), 60_000);
  });

  afterAll(async () => {
    if (!('missing' in python)) await aws('cloudformation', 'delete-stack', '--stack-name', NAME);
    rmSync(folder, { recursive: true });
  });

  const maybe = 'missing' in python ? test.skip : test;

  maybe('deploys a function that pools call', async () => {
    const transport = lambdaTransport({ functionName: NAME, endpoint, region, credentials });
    await using pool = new LambdaPool({ workers: 2, transport });
    expect(await pool.map('math.square', [1, 2, 3])).toEqual([1, 4, 9]);
  });

  maybe('says what it made', async () => {
    const { Outputs } = await describeStack();
    const outputs = Object.fromEntries(Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
    expect(outputs).toEqual({
      FunctionName: NAME,
      FunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${NAME}`,
      RoleArn: expect.stringMatching(/^arn:aws:iam::000000000000:role\/lambdapool\//),
      LogGroupName: `/aws/lambda/${NAME}`,
    });
  });

  maybe('deploys a function that the other commands know as ours', async () => {
    await using target = await openTarget({ endpoint, region, credentials });
    const mine = (await listFunctions(target)).find(({ functionName }) => functionName === NAME);
    expect(mine).toMatchObject({ functionName: NAME, memoryMb: 512, timeoutMs: 60_000 });
  });

  maybe('and do not delete: it is the stack that owns it', async () => {
    await using target = await openTarget({ endpoint, region, credentials });
    await expect(deleteFunction(target, NAME)).rejects.toThrow('belongs to a CloudFormation stack (SAM made it)');
  });
});
