/** A project with task modules for one test, and a child process that runs its bundles. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { bundleTasks, type BundleTasksOptions, type TaskBundle } from '../../../src/bundle/bundle-tasks.ts';

export class Project implements AsyncDisposable {
  readonly directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'lambdapool-bundle-')));
  readonly tasksRoot = this.path('tasks');
  #bundles = 0;

  /** `files` by path; those that do not begin with `/` lie in the tasks root. */
  constructor(files: Readonly<Record<string, string>>) {
    mkdirSync(this.tasksRoot);
    this.write('/package.json', '{ "name": "test-project" }');
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  path(name: string): string {
    return path.join(this.directory, name);
  }

  /** Path of a file named as in the constructor. */
  file(name: string): string {
    return name.startsWith('/') ? this.path(name) : path.join(this.tasksRoot, name);
  }

  write(name: string, text: string | Uint8Array): void {
    mkdirSync(path.dirname(this.file(name)), { recursive: true });
    writeFileSync(this.file(name), text);
  }

  /** Saves as careful editors do: a new file takes the place of the old one. */
  replace(name: string, text: string): void {
    const temporary = `${this.file(name)}.1234.tmp`;
    writeFileSync(temporary, text);
    renameSync(temporary, this.file(name));
  }

  remove(name: string): void {
    rmSync(this.file(name), { recursive: true });
  }

  bundle(options: Partial<BundleTasksOptions> = {}): Promise<TaskBundle> {
    this.#bundles += 1;
    return bundleTasks({ tasksRoot: this.tasksRoot, outDir: this.path(`out-${this.#bundles}`), ...options });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

export interface ChildAnswer {
  readonly result?: unknown;
  readonly error?: { readonly name: string; readonly message: string; readonly stack: string };
}

const RUNNER = `
  const [, directory, events] = process.argv;
  const { pathToFileURL } = await import('node:url');
  const { handler } = await import(pathToFileURL(directory + '/index.mjs'));
  const answers = [];
  for (const event of JSON.parse(events)) {
    const context = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 60000 };
    try { answers.push({ result: await handler(event, context) }); }
    catch (error) { answers.push({ error: { name: error?.name, message: error?.message, stack: error?.stack } }); }
  }
  process.stdout.write('\\nANSWERS ' + JSON.stringify(answers));
  process.exit(0);
`;

/** Runs plain events on a bundle's handler in a process of its own, one after the other. */
export async function runBundle(directory: string, ...events: readonly object[]): Promise<readonly ChildAnswer[]> {
  const args = ['--input-type=module', '--eval', RUNNER, directory, JSON.stringify(events)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 10_000 });
  const answers: readonly ChildAnswer[] = JSON.parse(stdout.slice(stdout.lastIndexOf('\nANSWERS ') + 9));
  return answers;
}

/** The result of one call. */
export async function call(directory: string, task: string, ...args: readonly unknown[]): Promise<unknown> {
  const [answer] = await runBundle(directory, { task, args });
  if (answer?.error !== undefined) throw new Error(answer.error.stack);
  return answer?.result;
}
