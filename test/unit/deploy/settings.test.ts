import { describe, expect, test } from 'vitest';
import { checkEnvSize, checkFunctionName, checkSettings } from '../../../src/deploy/settings.ts';
import type { FunctionSettings } from '../../../src/deploy/settings.ts';

const TODAY = new Date('2026-11-23');
const LAYER = 'arn:aws:lambda:eu-central-1:123456789012:layer:my-layer:3';

describe('checkSettings', () => {
  test.each<FunctionSettings>([
    {},
    { memoryMb: 128, timeoutMs: 1000 },
    { memoryMb: 10_240, timeoutMs: 900_000 },
    { runtime: 'nodejs22.x', architecture: 'arm64' },
    { layers: [LAYER, LAYER, LAYER, LAYER, LAYER] },
    { env: { STAGE: 'test', A1: '' } },
    { subnetIds: ['subnet-0a1b2c'], securityGroupIds: ['sg-0a1b2c'] },
    { subnetIds: [], securityGroupIds: [] },
    { roleArn: 'arn:aws-cn:iam::123456789012:role/path/mine' },
    { tags: { 'cost center': 'a/b=c' } },
    { logRetentionDays: 1 },
    { logRetentionDays: 3653 },
    { codeBucket: 'my-bucket' },
  ])('takes %j', (settings) => {
    expect(checkSettings(settings, TODAY)).toEqual(settings);
  });

  test('leaves out what is undefined', () => {
    expect(Object.keys(checkSettings({ memoryMb: undefined, timeoutMs: 1000 }, TODAY))).toEqual(['timeoutMs']);
  });

  test.each<[object, string, string]>([
    [{ memoryMb: 127 }, 'memoryMb', 'from 128 to 10240'],
    [{ memoryMb: 10_241 }, 'memoryMb', '10241 (number)'],
    [{ timeoutMs: 999 }, 'timeoutMs', 'from 1000 to 900000'],
    [{ timeoutMs: 900_001 }, 'timeoutMs', '900001'],
    [{ timeoutMs: 1500 }, 'timeoutMs', 'whole seconds'],
    [{ runtime: 'nodejs20.x' }, 'runtime', "'nodejs24.x', 'nodejs22.x'"],
    [{ architecture: 'x64' }, 'architecture', "'x86_64' or 'arm64'"],
    [{ layers: [LAYER, LAYER, LAYER, LAYER, LAYER, LAYER] }, 'layers', 'at most 5'],
    [{ layers: [LAYER, 'my-layer'] }, 'layers[1]', '"my-layer"'],
    [{ layers: LAYER }, 'layers', 'an array of strings'],
    [{ env: { '1A': 'x' } }, 'env', '"1A"'],
    [{ env: { AWS_REGION: 'x' } }, 'env.AWS_REGION', 'Lambda sets it itself'],
    [{ env: { CREATOR: 'x' } }, 'env.CREATOR', 'lambdapool marks its functions with it'],
    [{ env: { A_B: 1 } }, 'env.A_B', 'got a number'],
    [{ subnetIds: ['subnet-1'] }, 'securityGroupIds', 'needs both'],
    [{ securityGroupIds: ['sg-1'] }, 'subnetIds', 'needs both'],
    [{ subnetIds: ['sg-1'], securityGroupIds: ['sg-1'] }, 'subnetIds[0]', 'subnet-0a1b2c3d'],
    [{ roleArn: 'my-role' }, 'roleArn', '"my-role"'],
    [{ tags: { creator: 'me' } }, 'tags.creator', 'lambdapool marks'],
    [{ tags: { 'aws:x': 'me' } }, 'tags.aws:x', 'its own'],
    [{ tags: { 'a*b': 'me' } }, 'tags', '"a*b"'],
    [{ logRetentionDays: 2 }, 'logRetentionDays', '1, 3, 5, 7'],
    [{ codeBucket: '' }, 'codeBucket', 'non-empty'],
    [{ memory: 128 }, 'memory', 'memoryMb'],
  ])('refuses %j and names %s', (settings, option, says) => {
    expect(() => checkSettings(settings, TODAY)).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        details: expect.objectContaining({ option }),
        message: expect.stringContaining(says),
      }),
    );
  });
});

test('all variables together are measured as Lambda does: 4,096 bytes of JSON', () => {
  const frame = JSON.stringify({ A_B: '' }).length;
  expect(() => checkEnvSize({ A_B: 'x'.repeat(4096 - frame) })).not.toThrow();
  expect(() => checkEnvSize({ A_B: 'x'.repeat(4097 - frame) })).toThrow('take 4097 bytes');
});

test.each(['a', 'A-b_9', 'x'.repeat(64)])('%s is a name of a function', (name) => {
  expect(checkFunctionName(name)).toBe(name);
});

test.each(['', 'a.b', 'a:b', 'x'.repeat(65), 'ä', undefined])('%s is none', (name) => {
  expect(() => checkFunctionName(name)).toThrow('functionName');
});
