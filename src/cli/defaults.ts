/** What holds where nobody says anything. */
import { DEFAULT_MEMORY_MB, DEFAULT_TIMEOUT_MS } from '../shared/function-defaults.ts';
import type { SettingValues } from './settings.ts';

/** What `lambdapool dev` calls its function, and what is called where nobody says otherwise. */
export const DEFAULT_FUNCTION = 'lambdapool';
/** Port of `lambdapool dev`. */
export const DEFAULT_PORT = 3001;
export const DEFAULT_TASKS_ROOT = './tasks';

/** Of all commands; as in the emulator and on Lambda. */
export const DEFAULTS: SettingValues = {
  tasksRoot: DEFAULT_TASKS_ROOT,
  memoryMb: DEFAULT_MEMORY_MB,
  timeoutMs: DEFAULT_TIMEOUT_MS,
  layers: [],
  external: [],
  assets: [],
};

/** Of commands that call a function of this machine's. */
export const LOCAL_DEFAULTS: SettingValues = { functionName: DEFAULT_FUNCTION, ...DEFAULTS };
