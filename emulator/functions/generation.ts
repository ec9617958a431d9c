/** One build of the code with the settings that it runs under, kept as long as an environment runs it. */
import type { CodeBundle } from '../../src/bundle/code-source.ts';

/** What the environments of a generation are started with. */
export interface GenerationSettings {
  readonly functionName: string;
  /** `$LATEST` or a number. */
  readonly version: string;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  readonly env: Readonly<Record<string, string>>;
  /** `nodejs24.x`. */
  readonly runtime: string;
}

export class Generation {
  /** From 1. */
  readonly number: number;
  readonly bundle: CodeBundle;
  readonly settings: GenerationSettings;
  #users = 0;
  #retired = false;
  #disposed: Promise<void> | undefined;

  constructor(number: number, bundle: CodeBundle, settings: GenerationSettings) {
    this.number = number;
    this.bundle = bundle;
    this.settings = settings;
  }

  acquire(): void {
    this.#users += 1;
  }

  release(): void {
    this.#users -= 1;
    this.#disposeIfUnused();
  }

  /** No environment will be started with it any more. Its files go with the last user. */
  retire(): void {
    this.#retired = true;
    this.#disposeIfUnused();
  }

  /** Settles when the files are gone; of a generation in use, at once. */
  get disposed(): Promise<void> {
    return this.#disposed ?? Promise.resolve();
  }

  #disposeIfUnused(): void {
    if (!this.#retired || this.#users > 0) return;
    this.#disposed ??= disposeBundle(this.bundle);
  }
}

/** Old files that stay do no harm: that is a warning, not an error. */
export async function disposeBundle(bundle: CodeBundle): Promise<void> {
  try {
    await bundle[Symbol.asyncDispose]();
  } catch (error) {
    process.emitWarning(`Could not remove the code in ${bundle.directory}: ${String(error)}`, 'LambdaPoolWarning');
  }
}
