/** What function a LocalStack transport deploys: its options over the project's configuration over the defaults. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConfigValues } from '../../config/load-config.ts';
import type { FunctionSettings } from '../../deploy/settings.ts';
import { DEFAULT_MEMORY_MB, DEFAULT_TIMEOUT_MS } from '../../shared/function-defaults.ts';
import { defaultFunctionName } from './function-name.ts';

/** What options and configuration may say of the function. */
export interface FunctionOptions {
  readonly tasksRoot?: string | URL | undefined;
  readonly functionName?: string | undefined;
  readonly memoryMb?: number | undefined;
  readonly timeoutMs?: number | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly runtime?: string | undefined;
}

/** A function to deploy. */
export interface Wanted {
  readonly functionName: string;
  readonly tasks: { readonly tasksRoot: string; readonly assets: readonly string[] };
  readonly settings: FunctionSettings;
}

/**
 * Puts them together. Layers are left out, and so is `external`: LocalStack does not mount layers, so what they would bring
 * is bundled. Role, VPC, tags and log retention are AWS's affairs.
 */
export function wantedFunction(options: FunctionOptions, config: ConfigValues): Wanted {
  const tasksRoot = absolute(options.tasksRoot ?? config.tasksRoot ?? './tasks');
  const settings = {
    memoryMb: options.memoryMb ?? config.memoryMb ?? DEFAULT_MEMORY_MB,
    timeoutMs: options.timeoutMs ?? config.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    env: { ...config.env, ...options.env },
    // Containers of LocalStack are of this machine's architecture, whatever AWS's will be.
    architecture: process.arch === 'arm64' ? ('arm64' as const) : ('x86_64' as const),
    runtime: options.runtime ?? config.runtime,
  };
  // The configured name is that of the configured tasks: others must not overwrite them.
  const configured = tasksRoot === absolute(config.tasksRoot ?? './tasks') ? config.functionName : undefined;
  const functionName =
    options.functionName ?? configured ?? defaultFunctionName({ tasksRoot, settings: { ...settings } });
  return { functionName, tasks: { tasksRoot, assets: config.assets ?? [] }, settings };
}

function absolute(tasksRoot: string | URL): string {
  return path.resolve(tasksRoot instanceof URL ? fileURLToPath(tasksRoot) : tasksRoot);
}
