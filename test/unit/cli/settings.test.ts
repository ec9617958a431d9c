import { createColors } from 'picocolors';
import { describe, expect, test } from 'vitest';
import { DEFAULTS } from '../../../src/cli/defaults.ts';
import { settingsJson, settingsText } from '../../../src/cli/settings-text.ts';
import { resolveSettings } from '../../../src/cli/settings.ts';
import type { FlagValues, Settings } from '../../../src/cli/settings.ts';
import type { ConfigValues } from '../../../src/config/load-config.ts';

const FILE = '/elsewhere/lambdapool.config.ts';

interface Sources {
  readonly flags?: FlagValues;
  readonly env?: Readonly<Record<string, string>>;
  readonly config?: ConfigValues;
}

function settings({ flags = {}, env = {}, config }: Sources): Settings {
  const keys = Object.keys(config ?? {});
  const origins = Object.fromEntries(keys.map((key, index) => [key, { file: FILE, line: index + 2 }]));
  const loaded = { values: config ?? {}, file: config === undefined ? undefined : FILE, origins };
  return resolveSettings({ flags, env, config: loaded, defaults: DEFAULTS });
}

function originOf({ list }: Settings, key: string): unknown {
  return list.find((each) => each.key === key)?.origin;
}

describe('resolveSettings()', () => {
  test('takes flags, then variables, then the file, then defaults', () => {
    const config = { region: 'eu-north-1', memoryMb: 256, timeoutMs: 5_000 };
    const all = settings({ flags: { region: 'eu-west-1', memoryMb: 512 }, env: { AWS_REGION: 'us-west-2' }, config });
    expect(all.values).toMatchObject({ region: 'eu-west-1', memoryMb: 512, timeoutMs: 5_000, tasksRoot: './tasks' });
    expect(originOf(all, 'region')).toEqual({ kind: 'flag', name: '--region' });
    expect(originOf(all, 'timeoutMs')).toEqual({ kind: 'file', file: FILE, line: 4 });
    expect(originOf(all, 'tasksRoot')).toEqual({ kind: 'default' });
    const withoutFlag = settings({ env: { AWS_REGION: 'us-west-2' }, config });
    expect(withoutFlag.values.region).toBe('us-west-2');
    expect(originOf(withoutFlag, 'region')).toEqual({ kind: 'environment', name: 'AWS_REGION' });
    expect(settings({ env: { AWS_REGION: '' }, config }).values.region).toBe('eu-north-1');
  });

  test('knows what somebody said from what nobody did', () => {
    const { explicit } = settings({ flags: { memoryMb: 512 }, config: { timeoutMs: 5_000 } });
    expect(explicit).toEqual({ memoryMb: 512, timeoutMs: 5_000 });
  });

  test('adds the variables and tags of flags to those of the file, each with its origin', () => {
    const all = settings({
      flags: { env: { B: '3', C: '4' } },
      config: { env: { A: '1', B: '2' }, tags: { team: 'x' } },
    });
    expect(all.values.env).toEqual({ A: '1', B: '3', C: '4' });
    expect(all.values.tags).toEqual({ team: 'x' });
    expect([originOf(all, 'env.A'), originOf(all, 'env.B')]).toEqual([
      { kind: 'file', file: FILE, line: 2 },
      { kind: 'flag', name: '--env' },
    ]);
  });

  test('has no variables where there are none', () => {
    expect(settings({}).values).not.toHaveProperty('env');
  });

  test('has none, and says so, where the file says that there are none: deploying clears them then', () => {
    const none = settings({ config: { env: {} } });
    expect(none.explicit.env).toEqual({});
    expect(settingsText(none, { colors: createColors(false) })).toMatch(/^env +\(none\)/m);
    expect(settings({ config: { env: {} }, flags: { env: { A: '1' } } }).explicit.env).toEqual({ A: '1' });
  });

  test('tells where to run, which only flags and variables say', () => {
    const all = settings({
      env: { LAMBDAPOOL_TRANSPORT: 'localstack', AWS_ENDPOINT_URL: 'http://a', AWS_ENDPOINT_URL_LAMBDA: 'http://b' },
    });
    expect(all.values).toMatchObject({ transport: 'localstack', endpoint: 'http://b' });
    expect(originOf(all, 'endpoint')).toEqual({ kind: 'environment', name: 'AWS_ENDPOINT_URL_LAMBDA' });
  });
});

describe('--print-config', () => {
  const all = settings({ flags: { memoryMb: 512 }, config: { layers: [], env: { A: '1' } } });

  test('prints a line for each value and its origin', () => {
    expect(settingsText(all, { colors: createColors(false) })).toBe(
      `Configuration: ${FILE}\n` +
        'tasksRoot  ./tasks   default\n' +
        'memoryMb   512       --memory\n' +
        'timeoutMs  60000     default\n' +
        `env.A      (hidden)  ${FILE}:3\n` +
        `layers     (none)    ${FILE}:2\n` +
        'external   (none)    default\n' +
        'assets     (none)    default\n',
    );
  });

  test('says that there is no file', () => {
    expect(settingsText(settings({}), { colors: createColors(false) })).toMatch(/^No configuration file\.\n/);
  });

  test('prints the same as JSON', () => {
    expect(JSON.parse(settingsJson(all))).toMatchObject({
      file: FILE,
      settings: {
        memoryMb: { value: 512, origin: 'flag', name: '--memory' },
        'env.A': { hidden: true, origin: 'file', file: FILE, line: 3 },
        timeoutMs: { value: 60_000, origin: 'default' },
      },
    });
  });

  test('never prints values of variables, which may be secrets', () => {
    const secret = settings({ flags: { env: { TOKEN: 'hunter2' } } });
    expect(settingsText(secret, { colors: createColors(false) }) + settingsJson(secret)).not.toContain('hunter2');
  });
});
