import { describe, expect, it } from 'vitest';
import { wantedConfiguration } from '../../../../src/deploy/function/configuration.ts';
import { samTemplate } from '../../../../src/deploy/template/sam-template.ts';

describe('samTemplate', () => {
  const made = samTemplate({ functionName: 'f', settings: {}, version: '1.2.3', codeUri: './bundle', alarms: false });

  it('makes the function that `lambdapool create` makes where nothing is said', () => {
    const created = wantedConfiguration({}, undefined, { functionName: 'f', version: '1.2.3', roleArn: undefined });
    expect(made).toMatchObject({
      Parameters: { MemorySize: { Default: created.memoryMb }, Timeout: { Default: created.timeoutMs / 1000 } },
      Resources: {
        TasksFunction: {
          Properties: {
            Runtime: created.runtime,
            Handler: created.handler,
            Environment: { Variables: { ...created.env, FUNCTION_NAME: { Ref: 'FunctionName' } } },
          },
        },
      },
    });
  });

  it('takes nothing of the user for a function of CloudFormation', () => {
    const settings = { env: { REGION: '${AWS::Region}' }, tags: { note: '${FunctionName}' } };
    expect(
      samTemplate({ functionName: 'f', settings, version: '1.2.3', codeUri: './bundle', alarms: true }),
    ).toMatchObject({
      Resources: {
        TasksFunction: { Properties: { Environment: { Variables: settings.env }, Tags: settings.tags } },
        TasksRole: { Properties: { Tags: expect.arrayContaining([{ Key: 'note', Value: '${FunctionName}' }]) } },
      },
    });
  });
});
