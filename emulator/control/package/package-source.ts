/** The package of one version of a function as a source of code, which changes when a new one is published. */
import type { CodeBundle, CodeChange, CodeSource } from '../../../src/bundle/code-source.ts';
import type { StoredPackage } from './package-store.ts';

export class PackageSource implements CodeSource {
  readonly #listeners = new Set<(change: CodeChange) => void>();
  #package: StoredPackage;
  #handler: string;

  /** The package is the source's from now on. */
  constructor(code: StoredPackage, handler: string) {
    this.#package = code;
    this.#handler = handler;
  }

  get package(): StoredPackage {
    return this.#package;
  }

  current(): Promise<CodeBundle> {
    return Promise.resolve(this.#package.hold(this.#handler));
  }

  onChange(listener: (change: CodeChange) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Brings other code, or the same once more. The package is the source's from now on. */
  publish(code: StoredPackage, handler: string): void {
    const old = this.#package;
    this.#package = code;
    this.#handler = handler;
    for (const listener of this.#listeners) {
      listener({ type: 'built', bundle: code.hold(handler), durationMs: 0, files: [] });
    }
    if (old !== code) void old.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listeners.clear();
    await this.#package.release();
  }
}
