/** Follows a code source: the first build, the changes, and the error while there is one. Knows no environments. */
import type { CodeBundle, CodeChange, CodeSource } from '../../src/bundle/code-source.ts';
import { disposeBundle } from './generation.ts';

/** A build that has become available. The listener owns the bundle. */
export interface BuiltCode {
  readonly bundle: CodeBundle;
  readonly buildMs: number;
  readonly files: readonly string[];
}

export interface CodeListener {
  built(code: BuiltCode): void;
  /** An older build may go on. */
  buildFailed(error: Error): void;
  /** There is no build at all. */
  firstBuildFailed(error: unknown): void;
}

export class CodeFollower implements AsyncDisposable {
  readonly #source: CodeSource;
  readonly #listener: CodeListener;
  #subscription: Disposable | undefined;
  #first: 'unasked' | 'asked' | 'arrived' = 'unasked';
  #errorLine: string | undefined;
  #disposed: Promise<void> | undefined;

  constructor(source: CodeSource, listener: CodeListener) {
    this.#source = source;
    this.#listener = listener;
  }

  /** First line of the newest build's error, while it stands. */
  get errorLine(): string | undefined {
    return this.#errorLine;
  }

  /** Asks for the first build, again if it failed before. */
  ask(): void {
    if (this.#first !== 'unasked' || this.#disposed !== undefined) return;
    this.#first = 'asked';
    this.#subscription ??= this.#source.onChange((change) => this.#take(change));
    const startedAt = performance.now();
    this.#source.current().then(
      (bundle) => this.#takeFirst(bundle, performance.now() - startedAt),
      (error: unknown) => this.#failFirst(error),
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#dispose();
    return this.#disposed;
  }

  async #dispose(): Promise<void> {
    this.#subscription?.[Symbol.dispose]();
    await this.#source[Symbol.asyncDispose]();
  }

  #takeFirst(bundle: CodeBundle, buildMs: number): void {
    // A change can overtake the first build, which is then old.
    if (this.#first === 'arrived') return void disposeBundle(bundle);
    this.#first = 'arrived';
    this.#deliver({ bundle, buildMs, files: [] });
  }

  #failFirst(error: unknown): void {
    // A build that closing cut short has not failed.
    if (this.#first === 'arrived' || this.#disposed !== undefined) return;
    this.#first = 'unasked';
    this.#listener.firstBuildFailed(error);
  }

  #take(change: CodeChange): void {
    if (change.type === 'built') {
      this.#first = 'arrived';
      this.#errorLine = undefined;
      this.#deliver({ bundle: change.bundle, buildMs: change.durationMs, files: change.files });
      return;
    }
    [this.#errorLine] = change.error.message.split('\n');
    this.#listener.buildFailed(change.error);
  }

  #deliver(code: BuiltCode): void {
    if (this.#disposed === undefined) this.#listener.built(code);
    else void disposeBundle(code.bundle);
  }
}
