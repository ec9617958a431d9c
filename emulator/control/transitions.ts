/**
 * What happens to a function after its request is answered: it becomes active, an update takes over, what was deleted ends.
 * A function that is deleted meanwhile is left as it is.
 */
import { setImmediate } from 'node:timers/promises';
import type { InFlight } from '../queue/in-flight.ts';
import type { Deployments } from './deployments.ts';
import type { StoredPackage } from './package/package-store.ts';
import { type FunctionRecord, LATEST, type Registry, type VersionRecord } from './registry.ts';

interface TransitionsParts {
  readonly registry: Registry;
  readonly deployments: Deployments;
  readonly inFlight: InFlight;
}

export class Transitions {
  readonly #registry: Registry;
  readonly #deployments: Deployments;
  readonly #inFlight: InFlight;
  /** The newest of each function that has one. */
  readonly #running = new Map<string, Promise<void>>();

  constructor({ registry, deployments, inFlight }: TransitionsParts) {
    this.#registry = registry;
    this.#deployments = deployments;
    this.#inFlight = inFlight;
  }

  /** Resolves when the function is active and its newest update has taken over. */
  async settled(functionName: string): Promise<void> {
    await this.#running.get(functionName);
  }

  /** From Pending to Active, `version` too if one is published at once. The package is the deployment's from now on. */
  activate(record: FunctionRecord, code: StoredPackage, version: VersionRecord | undefined): void {
    this.#transit(record, async () => {
      // The answer goes first: it says Pending.
      await setImmediate();
      if (this.#registry.has(record)) this.#deployments.start(record.functionName, record.latest, code);
      else await code.release();
      this.#complete(record, version);
    });
  }

  /** From InProgress to Successful, then `version` becomes active. The package is the deployment's from now on. */
  update(record: FunctionRecord, code: StoredPackage | undefined, version: VersionRecord | undefined): void {
    this.#transit(record, async () => {
      if (code !== undefined) await this.#deployments.replace(record.functionName, record.latest, code);
      this.#complete(record, version);
    });
  }

  /** Runs a new version on the code of `$LATEST`, and makes it active at once. */
  startVersion({ functionName }: FunctionRecord, version: VersionRecord): void {
    const code = this.#deployments.packageOf(functionName, LATEST);
    if (code !== undefined) this.#deployments.start(functionName, version, code.share());
    this.#registry.complete(version);
  }

  /** Ends versions that are deleted, with the last invocation that they have accepted. */
  end(functionName: string, versions: readonly string[]): void {
    for (const version of versions) void this.#inFlight.hold(this.#deployments.end(functionName, version));
  }

  #complete(record: FunctionRecord, version: VersionRecord | undefined): void {
    if (!this.#registry.has(record)) return;
    this.#registry.complete(record.latest);
    if (version !== undefined) this.startVersion(record, version);
  }

  #transit({ functionName }: FunctionRecord, transition: () => Promise<void>): void {
    const running = this.#inFlight.hold(transition()).finally(() => {
      if (this.#running.get(functionName) === running) this.#running.delete(functionName);
    });
    this.#running.set(functionName, running);
  }
}
