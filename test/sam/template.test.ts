import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { samTemplate, type TemplateInput } from '../../src/deploy/template/sam-template.ts';
import { templateText } from '../../src/deploy/template/template-text.ts';
import { writeTemplate } from '../../src/deploy/template/write-template.ts';
import { findValidators, lint, translate, type Translated } from './validators.ts';

const TASKS = path.resolve(import.meta.dirname, '../../fixtures/tasks');
const python = await findValidators();
const interpreter = 'interpreter' in python ? python.interpreter : '';
const describeWithPython = 'missing' in python ? describe.skip : describe;
const suffix = 'missing' in python ? ` (skipped: ${python.missing})` : '';

type Settings = TemplateInput['settings'];

function temporary(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'lambdapool-sam-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function templateFile(settings: Settings, alarms = false): Promise<string> {
  const input = { functionName: 'math-helpers', settings, version: '1.2.3', codeUri: './bundle', alarms };
  const file = path.join(temporary(), 'template.yaml');
  await writeFile(file, await templateText(samTemplate(input)));
  return file;
}

const VPC = { subnetIds: ['subnet-0a1b2c3d', 'subnet-1a1b2c3d'], securityGroupIds: ['sg-0a1b2c3d'] };
const ROLE = 'arn:aws:iam::123456789012:role/my-role';
const ALL: Settings = {
  memoryMb: 10_240,
  timeoutMs: 900_000,
  runtime: 'nodejs22.x',
  architecture: 'arm64',
  layers: [
    'arn:aws:lambda:eu-central-1:123456789012:layer:images:3',
    'arn:aws:lambda:eu-central-1:123456789012:layer:b:1',
  ],
  env: { STAGE: 'on', ZIP_CODE: '01067', LUNCH: '12:30', COUNT: '1_000', DAY: '2026-11-01', NOTHING: 'null', ON: 'y' },
  tags: { team: 'forecast', 'cost center': '0042' },
  logRetentionDays: 3653,
  ...VPC,
};

/** What both say of a template, and cfn-lint of what becomes of it. */
async function complaints(file: string): Promise<readonly string[]> {
  const { errors, translated } = await translate(interpreter, file);
  const made = `${file}.json`;
  await writeFile(made, JSON.stringify(translated ?? {}));
  return [...errors, ...(await lint(interpreter, file, made))];
}

describeWithPython(`the validators of AWS accept the template of${suffix}`, () => {
  it.each<[string, Settings, boolean]>([
    ['a function with nothing said', {}, false],
    ['one with alarms', {}, true],
    ['one in a VPC', VPC, false],
    ['one with a role of its own', { roleArn: ROLE }, false],
    ['one with a role of its own, in a VPC, with alarms', { roleArn: ROLE, ...VPC }, true],
    ['one with everything', ALL, true],
    ['one with the least that Lambda takes', { memoryMb: 128, timeoutMs: 1000, logRetentionDays: 1 }, false],
  ])('%s', async (_what, settings, alarms) => {
    const file = await templateFile(settings, alarms);
    expect(await complaints(file)).toEqual([]);
  });

  it('the example tasks, as written beside their bundle', async () => {
    const outDir = temporary();
    const { templateFile: file } = await writeTemplate({
      functionName: 'math-helpers',
      tasksRoot: TASKS,
      settings: {},
      outDir,
      force: false,
      alarms: true,
    });
    expect(await complaints(file)).toEqual([]);
  });
});

/** A change of a template's text that breaks it, and what a validator says then. */
interface Break {
  readonly from: string;
  readonly to: string;
  readonly said: string;
}

async function brokenFile({ from, to }: Break): Promise<string> {
  const file = await templateFile({});
  const text = await readFile(file, 'utf8');
  expect(text).toContain(from);
  await writeFile(file, text.replace(from, to));
  return file;
}

describeWithPython(`the validators of AWS refuse${suffix}`, () => {
  it.each<[string, Break]>([
    ['a memory that Lambda does not have', { from: '!Ref MemorySize', to: '99999', said: 'E3034' }],
    ['a runtime that has ended', { from: 'nodejs24.x', to: 'nodejs12.x', said: 'E2533' }],
    ['a reference that leads nowhere', { from: '!GetAtt TasksRole.Arn', to: '!GetAtt Nobody.Arn', said: 'E1010' }],
    ['a property that roles do not have', { from: 'Path: /lambdapool/', to: 'Pfad: /lambdapool/', said: 'E3002' }],
  ])('%s: cfn-lint', async (_what, broken) => {
    expect((await lint(interpreter, await brokenFile(broken))).join('\n')).toContain(broken.said);
  });

  it('a machine that Lambda does not have: cfn-lint, of what SAM makes', async () => {
    const file = await brokenFile({ from: '- x86_64', to: '- mips', said: '' });
    expect((await complaints(file)).join('\n')).toContain("'mips' is not one of");
  });

  const TAGS = 'Tags:\n        creator: lambdapool\n        function_name: !Ref FunctionName';
  it.each<[string, Break]>([
    ['a property that it does not know', { from: 'MemorySize: !Ref', to: 'Megabytes: !Ref', said: 'Megabytes' }],
    ['code without a handler', { from: 'Handler: index.handler', to: 'Description: none', said: 'Handler' }],
    ['tags that are no map', { from: TAGS, to: 'Tags: text', said: 'Tags' }],
  ])('%s: the translator', async (_what, broken) => {
    expect((await translate(interpreter, await brokenFile(broken))).errors.join('\n')).toContain(broken.said);
  });
});

describeWithPython(`what SAM makes of the template${suffix}`, () => {
  async function resources(settings: Settings, alarms = false): Promise<Translated['Resources']> {
    const { translated } = await translate(interpreter, await templateFile(settings, alarms));
    return translated?.Resources ?? {};
  }

  it('is a function with our marks, as `lambdapool list` looks for them', async () => {
    const { TasksFunction } = await resources({ env: { STAGE: 'prod' } });
    expect(TasksFunction?.Type).toBe('AWS::Lambda::Function');
    expect(TasksFunction?.Properties).toMatchObject({
      FunctionName: { Ref: 'FunctionName' },
      Handler: 'index.handler',
      Environment: {
        Variables: {
          STAGE: 'prod',
          CREATOR: 'lambdapool',
          FUNCTION_NAME: { Ref: 'FunctionName' },
          LAMBDAPOOL_VERSION: '1.2.3',
        },
      },
      Tags: expect.arrayContaining([
        { Key: 'creator', Value: 'lambdapool' },
        { Key: 'function_name', Value: { Ref: 'FunctionName' } },
      ]),
    });
  });

  it('keeps every value a text that is one, although YAML would read a number, a time or a truth', async () => {
    const { TasksFunction } = await resources(ALL);
    expect(TasksFunction?.Properties['Environment']).toMatchObject({ Variables: ALL.env });
    expect(TasksFunction?.Properties['Tags']).toContainEqual({ Key: 'cost center', Value: '0042' });
  });

  it('has no role but the one that the template names', async () => {
    const types = Object.values(await resources({ roleArn: ROLE })).map(({ Type }) => Type);
    expect(types.sort()).toEqual(['AWS::Lambda::Function', 'AWS::Logs::LogGroup']);
    const own = await resources({});
    expect(Object.values(own).filter(({ Type }) => Type === 'AWS::IAM::Role')).toHaveLength(1);
  });

  it('may write its own log and nothing else', async () => {
    const { TasksRole } = await resources({});
    expect(TasksRole?.Properties['Policies']).toEqual([
      {
        PolicyName: 'lambdapool',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              Resource: {
                'Fn::Sub': 'arn:${AWS::Partition}:logs:*:${AWS::AccountId}:log-group:/aws/lambda/${FunctionName}:*',
              },
            },
          ],
        },
      },
    ]);
    expect(TasksRole?.Properties['ManagedPolicyArns']).toBeUndefined();
  });

  it('has alarms only if they are asked for', async () => {
    const count = (made: Translated['Resources']): number =>
      Object.values(made).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm').length;
    expect([count(await resources({})), count(await resources({}, true))]).toEqual([0, 3]);
  });
});
