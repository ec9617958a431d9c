/** Makes the settings of a command that runs, or prints them where that is all that was asked for. */
import type { Command } from 'commander';
import { loadConfig } from '../config/load-config.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import { LambdaPoolError, isLambdaPoolError } from '../shared/errors.ts';
import { listenForExit } from './config-exit.ts';
import type { Context } from './context.ts';
import { resolveSettings } from './settings.ts';
import { originText } from './origin-text.ts';
import type { FlagValues, SettingKey, SettingValues, Settings } from './settings.ts';

export interface SettingsRequest {
  readonly flags: FlagValues;
  readonly flagNames?: Partial<Record<SettingKey, string>>;
  readonly defaults: SettingValues;
}

/** Reads the configuration and puts it together with flags and environment. */
export async function readSettings(
  request: SettingsRequest & {
    readonly env: Readonly<Record<string, string | undefined>>;
    /** Without the configuration file. */
    readonly isIgnored?: boolean;
  },
): Promise<Settings> {
  const config = request.isIgnored === true ? NO_CONFIG : await readConfig();
  return resolveSettings({ ...request, config });
}

async function readConfig(): Promise<LoadedConfig> {
  using _ = listenForExit();
  return await loadConfig();
}

const NO_CONFIG = { values: {}, file: undefined, origins: {} };

/** Runs `use` with the settings that hold; with `--print-config`, prints them instead. */
export async function withSettings(
  { command, context, ...request }: SettingsRequest & { readonly command: Command; readonly context: Context },
  use: (settings: Settings) => Promise<void>,
): Promise<void> {
  const { io } = context;
  const settings = await readSettings({ ...request, env: io.env });
  const { printConfig = false, json = false }: { printConfig?: boolean; json?: boolean } = command.optsWithGlobals();
  if (!printConfig) {
    await use(settings).catch((error: unknown) => {
      throw withOrigin(error, settings);
    });
    return;
  }
  const { settingsJson, settingsText } = await import('./settings-text.ts');
  await io.stdout.write(json ? settingsJson(settings) : settingsText(settings, io.stdout));
}

/** Who refused a value knows its name; who said it is known here. */
function withOrigin(error: unknown, settings: Settings): unknown {
  if (!isLambdaPoolError(error, 'OPTION_INVALID')) return error;
  const option = String(error.details['option']).replace(/\[\d+\]$/, '');
  const { origin } = settings.list.find(({ key }) => key === option || key.startsWith(`${option}.`)) ?? {};
  // An argument has no name that would help.
  if (origin === undefined || origin.kind === 'default' || (origin.kind === 'flag' && !origin.name.startsWith('-')))
    return error;
  if (error.message.startsWith(originText(origin))) return error;
  return new LambdaPoolError('OPTION_INVALID', `${originText(origin)}: ${error.message}`, {
    cause: error,
    details: error.details,
  });
}
