/** A code source for tests: modules as text, in temporary folders, published when the test says so. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LambdaPoolError } from '../../src/shared/errors.ts';
import type { CodeBundle, CodeChange, CodeSource } from '../../src/bundle/code-source.ts';

export class TestCode implements CodeSource {
  /** Folders that exist. */
  readonly directories = new Set<string>();
  readonly #handler: string;
  readonly #listeners = new Set<(change: CodeChange) => void>();
  #first: () => Promise<CodeBundle>;
  #builds = 0;
  disposed = false;

  constructor(text: string, handler = 'index.handler') {
    this.#handler = handler;
    this.#first = () => Promise.resolve(this.#bundle({ 'index.mjs': text }));
  }

  /** Several files. */
  static of(files: Readonly<Record<string, string>>, handler = 'index.handler'): TestCode {
    const code = new TestCode('', handler);
    code.#first = () => Promise.resolve(code.#bundle(files));
    return code;
  }

  static broken(message: string): TestCode {
    const code = new TestCode('');
    code.#first = () => Promise.reject(new LambdaPoolError('BUILD_FAILED', message));
    return code;
  }

  current(): Promise<CodeBundle> {
    return this.#first();
  }

  onChange(listener: (change: CodeChange) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  publish(text: string, hash?: string): void {
    const bundle = this.#bundle({ 'index.mjs': text }, hash);
    this.#tell({ type: 'built', bundle, durationMs: 7, files: ['index.mjs'] });
  }

  fail(message: string): void {
    this.#tell({ type: 'failed', error: new LambdaPoolError('BUILD_FAILED', message) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.disposed = true;
    for (const directory of this.directories) this.#remove(directory);
  }

  #tell(change: CodeChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  #bundle(files: Readonly<Record<string, string>>, hash?: string): CodeBundle {
    this.#builds += 1;
    const directory = mkdtempSync(join(tmpdir(), 'lambdapool-test-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    this.directories.add(directory);
    return {
      directory,
      handler: this.#handler,
      hash: hash ?? `build-${this.#builds}`,
      [Symbol.asyncDispose]: () => Promise.resolve(this.#remove(directory)),
    };
  }

  #remove(directory: string): void {
    this.directories.delete(directory);
    rmSync(directory, { recursive: true, force: true });
  }
}
