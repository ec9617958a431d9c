/** The SAM template of a function with its role, log group and alarms, as data. Pure. */
import { DEFAULT_LOG_RETENTION_DAYS, DEFAULT_MEMORY_MB, DEFAULT_TIMEOUT_MS } from '../../shared/function-defaults.ts';
import { markEnv, markTags } from '../function/marks.ts';
import { logGroupOf, rolePolicy, ROLE_PATH, ROLE_POLICY, TRUST_POLICY } from '../surroundings/role-policy.ts';
import { DEFAULT_RUNTIME } from '../runtimes.ts';
import type { FunctionSettings } from '../settings.ts';
import { alarms } from './alarms.ts';
import { get, ref, sub, substituted, type Intrinsic } from './intrinsics.ts';

/** What a template says of a function. */
export interface TemplateInput {
  /** The default of the parameter `FunctionName`. */
  readonly functionName: string;
  /** Checked. */
  readonly settings: FunctionSettings;
  /** Of the package that deploys. */
  readonly version: string;
  /** Where the bundle lies, seen from the template. */
  readonly codeUri: string;
  /** Whether alarms are watched for errors, throttles and invocations near their timeout. */
  readonly alarms: boolean;
}

type Tags = Readonly<Record<string, string | Intrinsic>>;

/** Names in the template; what is written into a stack once keeps its name, or CloudFormation makes it anew. */
const FUNCTION = 'TasksFunction';
const ROLE = 'TasksRole';
const LOG_GROUP = 'TasksLogGroup';

/** Stands for the function's name in texts. */
const NAME = '${FunctionName}';

/** A template in the long form of CloudFormation's functions. */
export function samTemplate(input: TemplateInput): object {
  const { settings } = input;
  const tags = { ...settings.tags, ...marked(markTags(NAME)) };
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Transform: 'AWS::Serverless-2016-10-31',
    Description: 'A Lambda function that runs the tasks of a lambdapool.',
    Parameters: parameters(input),
    ...(input.alarms && {
      Conditions: { HasAlarmTopic: { 'Fn::Not': [{ 'Fn::Equals': [ref('AlarmTopicArn'), ''] }] } },
    }),
    Resources: {
      [FUNCTION]: tasksFunction(input, tags),
      ...(settings.roleArn === undefined && { [ROLE]: role(settings, tags) }),
      [LOG_GROUP]: logGroup(tags),
      ...(input.alarms && alarms(FUNCTION)),
    },
    Outputs: outputs(settings),
  };
}

function parameters({ functionName, settings, alarms: withAlarms }: TemplateInput): object {
  return {
    FunctionName: {
      Type: 'String',
      Default: functionName,
      AllowedPattern: '^[a-zA-Z0-9-_]{1,64}$',
      Description: 'Name of the function, which pools call as their lambdaEntrypoint',
    },
    MemorySize: {
      Type: 'Number',
      Default: settings.memoryMb ?? DEFAULT_MEMORY_MB,
      MinValue: 128,
      MaxValue: 10_240,
      Description: 'Memory in MB; 1769 comes with one processor',
    },
    Timeout: {
      Type: 'Number',
      Default: (settings.timeoutMs ?? DEFAULT_TIMEOUT_MS) / 1000,
      MinValue: 1,
      MaxValue: 900,
      Description: 'Seconds that one invocation may run',
    },
    LogRetentionDays: {
      Type: 'Number',
      Default: settings.logRetentionDays ?? DEFAULT_LOG_RETENTION_DAYS,
      Description: 'Days that CloudWatch keeps what the function logs',
    },
    ...(withAlarms && {
      AlarmTopicArn: {
        Type: 'String',
        Default: '',
        Description: 'SNS topic that alarms are sent to; none if empty',
      },
    }),
  };
}

function tasksFunction({ settings, version, codeUri }: TemplateInput, tags: Tags): object {
  const { layers = [], subnetIds = [], securityGroupIds = [] } = settings;
  return {
    Type: 'AWS::Serverless::Function',
    // Else Lambda makes the log group itself, and keeps what is in it for ever.
    DependsOn: LOG_GROUP,
    Properties: {
      FunctionName: ref('FunctionName'),
      CodeUri: codeUri,
      Handler: 'index.handler',
      Runtime: settings.runtime ?? DEFAULT_RUNTIME,
      Architectures: [settings.architecture ?? 'x86_64'],
      MemorySize: ref('MemorySize'),
      Timeout: ref('Timeout'),
      Role: settings.roleArn ?? get(ROLE, 'Arn'),
      Environment: { Variables: { ...settings.env, ...marked(markEnv(NAME, version)) } },
      ...(layers.length > 0 && { Layers: layers }),
      ...(subnetIds.length > 0 && { VpcConfig: { SubnetIds: subnetIds, SecurityGroupIds: securityGroupIds } }),
      Tags: tags,
    },
  };
}

/** May write the function's log, and join its VPC if it has one: what `lambdapool create` gives, too. */
function role({ subnetIds = [] }: FunctionSettings, tags: Tags): object {
  const policy = rolePolicy({
    functionName: NAME,
    partition: '${AWS::Partition}',
    accountId: '${AWS::AccountId}',
    inVpc: subnetIds.length > 0,
  });
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      Path: ROLE_PATH,
      AssumeRolePolicyDocument: TRUST_POLICY,
      Policies: [{ PolicyName: ROLE_POLICY, PolicyDocument: substituted(policy) }],
      Tags: listed(tags),
    },
  };
}

function logGroup(tags: Tags): object {
  return {
    Type: 'AWS::Logs::LogGroup',
    DeletionPolicy: 'Delete',
    UpdateReplacePolicy: 'Delete',
    Properties: {
      LogGroupName: sub(logGroupOf(NAME)),
      RetentionInDays: ref('LogRetentionDays'),
      Tags: listed(tags),
    },
  };
}

function outputs({ roleArn }: FunctionSettings): object {
  return {
    FunctionName: { Description: 'What pools call as their lambdaEntrypoint', Value: ref(FUNCTION) },
    FunctionArn: { Description: 'ARN of the function', Value: get(FUNCTION, 'Arn') },
    RoleArn: { Description: 'ARN of the role that it runs with', Value: roleArn ?? get(ROLE, 'Arn') },
    LogGroupName: { Description: 'Where its log is', Value: ref(LOG_GROUP) },
  };
}

/** Marks are ours; nothing of the user's is taken for a function of CloudFormation. */
function marked(marks: Readonly<Record<string, string>>): Tags {
  const entries = Object.entries(marks).map(([key, value]) => [key, value === NAME ? ref('FunctionName') : value]);
  return Object.fromEntries(entries);
}

function listed(tags: Tags): readonly object[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
