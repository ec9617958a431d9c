/** Makes run what the registry knows: puts packages into functions, replaces them, ends them. */
import { INIT_TIMEOUT_MS } from '../limits.ts';
import type { GenerationSettings } from '../functions/generation.ts';
import type { RunningFunctions } from '../functions/running-functions.ts';
import { PackageSource } from './package/package-source.ts';
import type { StoredPackage } from './package/package-store.ts';
import type { VersionRecord } from './registry.ts';

export class Deployments {
  readonly #running: RunningFunctions;
  readonly #sources = new Map<string, PackageSource>();

  constructor(running: RunningFunctions) {
    this.#running = running;
  }

  /** The package is the deployment's from now on. Its environments start when they are needed. */
  start(functionName: string, record: VersionRecord, code: StoredPackage): void {
    const source = new PackageSource(code, record.settings.handler);
    this.#sources.set(keyOf(functionName, record.version), source);
    this.#running.add({ settings: generationSettings(functionName, record), code: source, inspectPort: undefined });
  }

  /**
   * Brings other code, other settings, or both; `code` is the deployment's from now on. Resolves when invocations run on
   * them. Those that run already end on what they have.
   */
  async replace(functionName: string, record: VersionRecord, code: StoredPackage): Promise<void> {
    const running = this.#running.find(functionName, record.version);
    const source = this.#sources.get(keyOf(functionName, record.version));
    if (running === undefined || source === undefined) return void code.release();
    running.configure(generationSettings(functionName, record));
    source.publish(code, record.settings.handler);
    await running.settled(INIT_TIMEOUT_MS);
  }

  /** The package of a version; undefined for what is not deployed. */
  packageOf(functionName: string, version: string): StoredPackage | undefined {
    return this.#sources.get(keyOf(functionName, version))?.package;
  }

  /** The environments go with the last invocation that was accepted, and the package with them. */
  async end(functionName: string, version: string): Promise<void> {
    this.#sources.delete(keyOf(functionName, version));
    await this.#running.remove(functionName, version);
  }
}

function keyOf(functionName: string, version: string): string {
  return `${functionName}:${version}`;
}

function generationSettings(functionName: string, { version, settings }: VersionRecord): GenerationSettings {
  const { memoryMb, timeoutSeconds, env, runtime } = settings;
  return { functionName, version, memoryMb, timeoutMs: timeoutSeconds * 1000, env, runtime };
}
