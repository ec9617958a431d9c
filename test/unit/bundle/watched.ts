/** A watched project, whose changes a test takes one by one. */
import type { CodeBundle, CodeChange } from '../../../src/bundle/code-source.ts';
import { tasksSource, type TasksSource, type TasksSourceOptions } from '../../../src/bundle/tasks-source.ts';
import type { Project } from './project.ts';

export class Watched implements AsyncDisposable {
  readonly changes: CodeChange[] = [];
  readonly #source: TasksSource;
  #held: CodeBundle[] = [];
  #arrived = Promise.withResolvers<void>();

  private constructor(source: TasksSource) {
    this.#source = source;
    source.onChange((change) => {
      if (change.type === 'built') this.#held.push(change.bundle);
      this.changes.push(change);
      this.#arrived.resolve();
      this.#arrived = Promise.withResolvers();
    });
  }

  static async open(project: Project, options: Partial<TasksSourceOptions> = {}): Promise<Watched> {
    const watched = new Watched(tasksSource({ tasksRoot: project.tasksRoot, watch: true, ...options }));
    const first = await watched.#source.current().catch(() => undefined);
    if (first !== undefined) watched.#held.push(first);
    return watched;
  }

  get source(): TasksSource {
    return this.#source;
  }

  /** The oldest change not yet taken. */
  async next(): Promise<CodeChange> {
    for (;;) {
      const change = this.changes.shift();
      if (change !== undefined) return change;
      await this.#arrived.promise;
    }
  }

  async nextBuilt(): Promise<Extract<CodeChange, { type: 'built' }>> {
    const change = await this.next();
    if (change.type === 'failed') throw change.error;
    return change;
  }

  async nextFailed(): Promise<Error> {
    const change = await this.next();
    if (change.type === 'built') throw new Error(`It was built: ${change.files.join()}`);
    return change.error;
  }

  /** Takes changes until the text appears in the module's code. */
  async until(text: string): Promise<void> {
    for (;;) if ((await this.nextBuilt(), await this.tasks()).includes(text)) return;
  }

  async tasks(): Promise<string[]> {
    return Object.keys((await this.#source.manifest()).tasks);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const bundle of this.#held) await bundle[Symbol.asyncDispose]();
    await this.#source[Symbol.asyncDispose]();
  }
}

/** A module whose task `f` returns a value. */
export const f = (value: number): string => `export const f = () => ${value};`;
