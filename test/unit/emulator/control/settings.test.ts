import { describe, expect, test } from 'vitest';
import { Constraints } from '../../../../emulator/control/constraints.ts';
import type { Fields } from '../../../../emulator/control/fields.ts';
import { applySettings, constrainSettings, defaultSettings } from '../../../../emulator/control/settings.ts';
import { ServiceError } from '../../../../emulator/service-error.ts';

const LAYER = 'arn:aws:lambda:us-east-1:111111111111:layer:tools';

function read(fields: Fields) {
  const constraints = new Constraints();
  constrainSettings(constraints, fields);
  constraints.check();
  return applySettings(defaultSettings('f'), fields, { region: 'us-east-1' });
}

function refusal(fields: Fields): string {
  try {
    read(fields);
  } catch (error) {
    if (error instanceof ServiceError) return `${error.name}: ${error.message}`;
    throw error;
  }
  throw new Error('They were accepted.');
}

const constraint = (text: string) => `ValidationException: 1 validation error detected: ${text}`;

describe('the settings of a function', () => {
  test('have the defaults of AWS', () => {
    expect(read({})).toEqual({
      architecture: 'x86_64',
      description: '',
      env: {},
      ephemeralStorageMb: 512,
      handler: '',
      layers: [],
      logging: { format: 'Text', group: '/aws/lambda/f' },
      memoryMb: 128,
      role: '',
      runtime: '',
      snapStart: 'None',
      timeoutSeconds: 3,
      tracingMode: 'PassThrough',
      vpc: undefined,
    });
  });

  test('are what a request says', () => {
    const env = { LEVEL: 'debug', B2: '' };
    expect(
      read({
        Architectures: ['arm64'],
        Description: 'text',
        Environment: { Variables: env },
        EphemeralStorage: { Size: 1024 },
        Handler: 'dir/file.export',
        Layers: [`${LAYER}:1`],
        LoggingConfig: { LogFormat: 'JSON', LogGroup: 'g' },
        MemorySize: 10_240,
        Role: 'arn:aws:iam::000000000000:role/path/name',
        Runtime: 'nodejs22.x',
        Timeout: 900,
        TracingConfig: { Mode: 'Active' },
        VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
        // What tools send to say nothing.
        DeadLetterConfig: {},
        FileSystemConfigs: [],
        KMSKeyArn: '',
      }),
    ).toMatchObject({
      architecture: 'arm64',
      env,
      ephemeralStorageMb: 1024,
      layers: [`${LAYER}:1`],
      logging: { format: 'JSON', group: 'g', applicationLevel: 'INFO', systemLevel: 'INFO' },
      memoryMb: 10_240,
      timeoutSeconds: 900,
      vpc: { subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'] },
    });
  });

  test.each([
    [
      { Role: 'r1' },
      String.raw`Value 'r1' at 'role' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+`,
    ],
    [
      { Architectures: ['X86_64'] },
      "Value '[X86_64]' at 'architectures' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]",
    ],
    [
      { Architectures: ['x86_64', 'arm64'] },
      "Value '[x86_64, arm64]' at 'architectures' failed to satisfy constraint: Member must have length less than or equal to 1",
    ],
    [
      { SnapStart: { ApplyOn: 'invalidOption' } },
      "Value 'invalidOption' at 'snapStart.applyOn' failed to satisfy constraint: Member must satisfy enum value set: [PublishedVersions, None]",
    ],
    [
      { Layers: [LAYER] },
      String.raw`Value '[${LAYER}]' at 'layers' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 2048, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+), Member must not be null]`,
    ],
    [
      { Timeout: 0 },
      "Value '0' at 'timeout' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      { Timeout: 901 },
      "Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900",
    ],
    [
      { MemorySize: 127 },
      "Value '127' at 'memorySize' failed to satisfy constraint: Member must have value greater than or equal to 128",
    ],
    [
      { MemorySize: 10_241 },
      "Value '10241' at 'memorySize' failed to satisfy constraint: Member must have value less than or equal to 10240",
    ],
    [
      { Environment: { Variables: { 'a-b': '1' } } },
      "Value '{a-b=1}' at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]",
    ],
  ])('%j breaks a constraint, told as AWS tells it', (fields, text) => {
    expect(refusal(fields)).toBe(constraint(text));
  });

  test('that break several constraints are told all at once', () => {
    expect(refusal({ Timeout: 0, MemorySize: 1 })).toMatch(
      /^ValidationException: 2 validation errors detected: .+; .+$/,
    );
  });

  test.each([
    [{ Runtime: 'nodejs14.x' }, 'The runtime parameter of nodejs14.x is no longer supported for creating or updating'],
    [{ Runtime: 'NODEJS24.X' }, "Value NODEJS24.X at 'runtime' failed to satisfy constraint: Member must satisfy enum"],
    [{ Runtime: 'python3.14' }, 'This emulator runs Node.js only, and cannot be python3.14. It knows nodejs20.x'],
    [{ Layers: [1, 2, 3, 4, 5, 6].map((n) => `${LAYER}${n}:1`) }, 'Cannot reference more than 5 layers.'],
    [
      { Layers: [`${LAYER}:1`, `${LAYER}:2`] },
      `Two different versions of the same layer are not allowed to be referenced in the same function. ${LAYER}:1 and ${LAYER}:2 are versions of the same layer.`,
    ],
    [
      { Layers: [`${LAYER.replace('us-east-1', 'eu-west-1')}:1`] },
      'Layers are not in the same region as the function. Layers are expected to be in region us-east-1.',
    ],
    [
      { Environment: { Variables: { AWS_REGION: 'x', LEVEL: 'y', _HANDLER: 'z' } } },
      'Reserved keys used in this request: AWS_REGION, _HANDLER',
    ],
    [
      { Environment: { Variables: { LARGE_VAR: 'x'.repeat(4096) } } },
      `exceeded the 4KB limit. String measured: {"LARGE_VAR":"xxx`,
    ],
    [{ DeadLetterConfig: { TargetArn: 'arn' } }, 'This emulator does not support DeadLetterConfig.'],
    [{ FileSystemConfigs: [{ Arn: 'arn' }] }, 'This emulator does not support FileSystemConfigs.'],
  ])('%j is an invalid parameter', (fields, text) => {
    expect(refusal(fields)).toMatch(/^InvalidParameterValueException: /);
    expect(refusal(fields)).toContain(text);
  });

  test('of the wrong type are refused before anything else', () => {
    expect(refusal({ Timeout: '3' })).toBe('SerializationException: Expected Timeout to be an integer, got string.');
    expect(refusal({ Environment: { Variables: { A1: 1 } } })).toContain('Variables.A1');
    expect(refusal({ Layers: 'one' })).toContain('Layers');
  });

  test('4,096 bytes of variables pass, as JSON, one more does not', () => {
    const value = 'x'.repeat(4096 - '{"VAR":""}'.length);
    expect(read({ Environment: { Variables: { VAR: value } } }).env).toEqual({ VAR: value });
    expect(refusal({ Environment: { Variables: { VAR: `${value}x` } } })).toContain('4KB limit');
  });

  test('that a request leaves out stay as they are; empty ones are taken away', () => {
    const current = read({
      Environment: { Variables: { LEVEL: '1' } },
      Layers: [`${LAYER}:1`],
      VpcConfig: { SubnetIds: ['subnet-1'] },
      Timeout: 7,
    });
    const context = { region: 'us-east-1' };
    expect(applySettings(current, { MemorySize: 256 }, context)).toEqual({ ...current, memoryMb: 256 });
    const emptied = { Environment: { Variables: {} }, Layers: [], VpcConfig: { SubnetIds: [], SecurityGroupIds: [] } };
    expect(applySettings(current, emptied, context)).toMatchObject({ env: {}, layers: [], vpc: undefined });
  });
});
