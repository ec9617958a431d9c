import { describe, expect, test } from 'vitest';
import { DEFAULTS } from '../../../src/cli/defaults.ts';
import { targetOptions } from '../../../src/cli/deploy-target.ts';
import { resolveSettings } from '../../../src/cli/settings.ts';
import type { FlagValues } from '../../../src/cli/settings.ts';

const KEYS = { accessKeyId: 'local', secretAccessKey: 'local' };

function optionsFor(flags: FlagValues, env: Readonly<Record<string, string>>, region?: string): Promise<object> {
  const origins = { region: { file: 'lambdapool.config.ts', line: 1 } };
  const config = { values: region === undefined ? {} : { region }, file: undefined, origins };
  const settings = resolveSettings({ flags, env, config, defaults: DEFAULTS });
  return targetOptions(settings, () => Promise.resolve('http://localhost:4566'));
}

describe('targetOptions()', () => {
  test('leaves what variables say to the SDK', async () => {
    const env = { AWS_PROFILE: 'work', AWS_ENDPOINT_URL_LAMBDA: 'http://localhost:1' };
    expect(await optionsFor({}, env)).toEqual({});
  });

  test('takes the region of AWS_DEFAULT_REGION, which the SDK does not read, if AWS_REGION is not set', async () => {
    const env = { AWS_DEFAULT_REGION: 'eu-west-2' };
    expect(await optionsFor({}, env)).toEqual({ region: 'eu-west-2' });
    expect(await optionsFor({}, { ...env, AWS_REGION: 'eu-west-1' })).toEqual({ region: 'eu-west-1' });
  });

  test('says what flags and the configuration say', async () => {
    expect(await optionsFor({ profile: 'work', endpoint: 'http://localhost:1' }, {}, 'eu-west-1')).toEqual({
      region: 'eu-west-1',
      profile: 'work',
      endpoint: 'http://localhost:1',
    });
  });

  test('goes where LAMBDAPOOL_TRANSPORT points, with keys that mean nothing', async () => {
    const url = 'http://127.0.0.1:3001';
    const standIn = { region: 'us-east-1', credentials: KEYS };
    expect(await optionsFor({}, { LAMBDAPOOL_TRANSPORT: url })).toEqual({ ...standIn, endpoint: url });
    expect(await optionsFor({}, { LAMBDAPOOL_TRANSPORT: 'localstack' })).toEqual({
      ...standIn,
      endpoint: 'http://localhost:4566',
    });
    expect(await optionsFor({}, { LAMBDAPOOL_TRANSPORT: 'lambda' })).toEqual({});
  });

  test('prefers --endpoint to LAMBDAPOOL_TRANSPORT', async () => {
    const flags = { endpoint: 'http://localhost:1' };
    expect(await optionsFor(flags, { LAMBDAPOOL_TRANSPORT: 'http://localhost:2' })).toEqual(flags);
  });

  test.each([
    ['emulator', 'LAMBDAPOOL_TRANSPORT=emulator runs tasks without deploying them. To deploy into an emulator, start'],
    ['aws', `LAMBDAPOOL_TRANSPORT must be 'lambda', 'localstack' or a URL here, got "aws".`],
  ])('refuses LAMBDAPOOL_TRANSPORT=%s', async (transport, message) => {
    const refused = optionsFor({}, { LAMBDAPOOL_TRANSPORT: transport });
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });
});
