/** Folders of generations: each is removed when nobody holds it any more. */
import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CodeBundle } from './code-source.ts';
import type { BuiltTasks } from './task-builder.ts';
import { linkPackages, writeBundle, type WrittenBundle } from './write-bundle.ts';

/** A written generation. Whoever made it holds it until `release`; further holders come by `hold`. */
export interface Generation extends WrittenBundle {
  /** One more holder, who lets go by disposing of the bundle. */
  hold(): CodeBundle;
  release(): Promise<void>;
}

export class Generations {
  readonly #folder: string;
  #count = 0;
  #live = 0;
  #closed = false;

  /** `folder` exists and is ours alone. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async write(built: BuiltTasks, previous?: WrittenBundle): Promise<Generation> {
    this.#count += 1;
    this.#live += 1;
    const directory = join(this.#folder, `gen-${this.#count}`);
    try {
      await writeBundle(directory, built, previous);
      await linkPackages(directory, built.nativePackages);
    } catch (error) {
      await this.#remove(directory);
      throw error;
    }
    return this.#generation(directory, built);
  }

  /** Removes the folder of all generations, now or with the last of them. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#removeOwn();
  }

  #generation(directory: string, built: BuiltTasks): Generation {
    let holders = 1;
    const letGo = async (): Promise<void> => {
      holders -= 1;
      if (holders === 0) await this.#remove(directory);
    };
    const holder = (): (() => Promise<void>) => {
      let gone: Promise<void> | undefined;
      return () => (gone ??= letGo());
    };
    const hold = (): CodeBundle => {
      holders += 1;
      const hash = built.manifest.hash;
      return { directory, handler: 'index.handler', hash, [Symbol.asyncDispose]: holder() };
    };
    return { directory, built, hold, release: holder() };
  }

  async #remove(directory: string): Promise<void> {
    // What an environment that is just ending still holds open on Windows goes with the next start's sweep.
    await rm(directory, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
    this.#live -= 1;
    await this.#removeOwn();
  }

  async #removeOwn(): Promise<void> {
    if (this.#closed && this.#live === 0) await rmdir(this.#folder).catch(() => undefined);
  }
}
