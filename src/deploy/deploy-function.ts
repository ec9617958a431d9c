/** Creates and updates functions: says what happens in which order, and leaves the how to its neighbours. */
import { checkWay, withCode, zipTasks } from './function/code.ts';
import type { DeployTasks, ZippedTasks } from './function/code.ts';
import {
  changedFields,
  createInput,
  tagChanges,
  updateInput,
  wantedConfiguration,
  wantedTags,
} from './function/configuration.ts';
import type { Configuration } from './function/configuration.ts';
import { awsCodeOf, isFinal } from './errors.ts';
import { findFunction, refuseExisting, refuseMissing } from './function/find-function.ts';
import type { FoundFunction } from './function/find-function.ts';
import {
  createFunction as send,
  deleteFunctionItself,
  tagFunction,
  untagFunction,
  updateCode,
  updateConfiguration,
} from './function/lambda-api.ts';
import { UNFINISHED_TAG } from './function/marks.ts';
import type { Architecture } from './package/target-platform.ts';
import { packageVersion } from './package-version.ts';
import { probe } from './function/probe.ts';
import { retryForRole, retryOnConflict, retryUntilFound, waitUntilReady } from './function/ready.ts';
import { dayOf, runtimeNote } from './runtimes.ts';
import { checkEnvSize, checkFunctionName, checkSettings } from './settings.ts';
import type { FunctionSettings } from './settings.ts';
import { ensureSurroundings } from './surroundings/surroundings.ts';
import type { Surroundings } from './surroundings/surroundings.ts';
import type { Target } from './target/target.ts';
import { Work } from './work.ts';
import type { WorkOptions } from './work.ts';

/** What to deploy, as what, and with which settings. */
export interface DeployRequest {
  readonly functionName: string;
  readonly tasks: DeployTasks;
  readonly settings?: FunctionSettings | undefined;
}

/** A function that is deployed and has answered. */
export interface Deployed {
  readonly functionName: string;
  readonly arn: string;
  /** Whether this run has made it. */
  readonly created: boolean;
  /** What this run has changed; nothing: all was as wanted already. */
  readonly changed: readonly ('code' | 'configuration')[];
  /** ARN of the execution role, or `not used` where the target has no IAM. */
  readonly role: string;
  /** Name of the log group, or `not used` where the target has none. */
  readonly logGroup: string;
  /** Base64 of the SHA-256 of the zip: equal exactly if the code is equal. */
  readonly hash: string;
  readonly zipBytes: number;
  readonly unzippedBytes: number;
  /** Names of the tasks, sorted. */
  readonly tasks: readonly string[];
  /** Hash of the manifest, which a pool that knows its tasks compares. */
  readonly manifestHash: string;
  readonly runtime: string;
  readonly architecture: Architecture;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  /** What deserves mention and is no error, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Creates a function from tasks. An interrupted run is taken up where it stopped.
 * @throws {LambdaPoolError} DEPLOY_FAILED if there is a function of that name; OPTION_INVALID, BUILD_FAILED,
 * PAYLOAD_TOO_LARGE, ACCESS_DENIED, UNREACHABLE, THROTTLED
 * @throws `signal.reason` when aborted; what was made stays, and another run goes on from there.
 */
export async function createFunction(target: Target, request: DeployRequest, options?: WorkOptions): Promise<Deployed> {
  return new Deployment('create', { target, request, options }).run();
}

/**
 * Changes what differs, and nothing else. Settings that are left out stay as they are.
 * @throws {LambdaPoolError} FUNCTION_NOT_FOUND, else as `createFunction`
 */
export async function updateFunction(target: Target, request: DeployRequest, options?: WorkOptions): Promise<Deployed> {
  return new Deployment('update', { target, request, options }).run();
}

/** Creates the function or updates it, whichever is needed. */
export async function ensureFunction(target: Target, request: DeployRequest, options?: WorkOptions): Promise<Deployed> {
  return new Deployment('ensure', { target, request, options }).run();
}

interface Given {
  readonly target: Target;
  readonly request: DeployRequest;
  readonly options: WorkOptions | undefined;
}

class Deployment {
  readonly #mode: 'create' | 'update' | 'ensure';
  readonly #work: Work;
  readonly #tasks: DeployTasks;
  readonly #settings: FunctionSettings;
  readonly #notes: string[] = [];

  constructor(mode: 'create' | 'update' | 'ensure', { target, request, options }: Given) {
    this.#mode = mode;
    this.#settings = checkSettings(request.settings ?? {});
    this.#work = new Work(target, checkFunctionName(request.functionName), options);
    this.#tasks = request.tasks;
  }

  async run(): Promise<Deployed> {
    const found = await this.#find();
    // One whose creation failed has never run, and cannot be mended: its settings serve as those of the next.
    const present = found?.state === 'Failed' ? await this.#remove(found) : found;
    const architecture = this.#settings.architecture ?? found?.architecture ?? defaultArchitecture(this.#work.target);
    const zipped = await zipTasks(this.#work, this.#tasks, architecture);
    const version = await packageVersion();
    const plan = { zipped, architecture, version, base: found?.configuration };
    // Before anything is made.
    checkEnvSize(this.#wanted(plan).env);
    if (present === undefined) checkWay(this.#work, zipped.size, this.#settings.codeBucket);
    return present === undefined ? this.#create(plan) : this.#change(plan, present);
  }

  async #find(): Promise<FoundFunction | undefined> {
    // Refused within the step: one that fails is not told as done.
    return this.#work.step('find', async (note) => {
      const found = await findFunction(this.#work, note);
      if (found === undefined && this.#mode === 'update') throw refuseMissing(this.#work);
      const isOver = found !== undefined && !found.unfinished && found.state !== 'Failed' && found.state !== 'Pending';
      if (isOver && this.#mode === 'create') throw refuseExisting(this.#work);
      return found;
    });
  }

  async #remove(failed: FoundFunction): Promise<undefined> {
    await this.#work.step('clean up', async (note) => {
      await deleteFunctionItself(this.#work);
      note(`the function that ${failed.reason ?? 'failed'}`);
    });
  }

  async #create(plan: Plan): Promise<Deployed> {
    const work = this.#work;
    const around = await ensureSurroundings(work, { settings: this.#settings, present: undefined });
    const wanted = this.#wanted(plan, around);
    const tags = { ...wantedTags(this.#settings, undefined, work.functionName), [UNFINISHED_TAG]: 'true' };
    const input = { ...createInput(wanted), Tags: tags, Architectures: [plan.architecture] };
    let arn: string | undefined;
    try {
      arn = await withCode(work, { ...plan.zipped, bucket: this.#settings.codeBucket }, (Code) =>
        work.step('create', async () => (await retryForRole(work, () => send(work, { ...input, Code }))).FunctionArn),
      );
    } catch (error) {
      if (awsCodeOf(error) === 'ResourceConflictException') return this.#changeAfterAll(plan, error);
      if (work.signal?.aborted !== true && isFinal(error)) await around.undo();
      throw error;
    }
    await this.#wait();
    return this.#end({ plan, around, wanted, arn: arn ?? '', created: true, changed: ['code', 'configuration'] });
  }

  /** Somebody made it between our look and our try; perhaps a request of ours whose answer was lost. */
  async #changeAfterAll(plan: Plan, error: unknown): Promise<Deployed> {
    const found = await retryUntilFound(this.#work, () => this.#find());
    if (found === undefined) throw error;
    return this.#change(plan, found);
  }

  async #change(plan: Plan, present: FoundFunction): Promise<Deployed> {
    const work = this.#work;
    if (present.isBusy) await this.#wait();
    const around = await ensureSurroundings(work, { settings: this.#settings, present: present.configuration });
    const wanted = this.#wanted({ ...plan, base: present.configuration }, around);
    const changed = new Set<'code' | 'configuration'>();
    if (around.changed) changed.add('configuration');
    if (await this.#changeCode(plan, present)) changed.add('code');
    if (await this.#changeConfiguration(wanted, present)) changed.add('configuration');
    if (await this.#changeTags(present)) changed.add('configuration');
    const { arn, unfinished } = present;
    return this.#end({ plan, around, wanted, arn, created: false, unfinished, changed: [...changed] });
  }

  async #changeCode({ zipped, architecture }: Plan, present: FoundFunction): Promise<boolean> {
    const isSame = present.codeSha256 === zipped.sha256 && present.architecture === architecture;
    if (isSame && !present.lastChangeFailed) return false;
    const work = this.#work;
    await withCode(work, { ...zipped, bucket: this.#settings.codeBucket }, (code) =>
      work.step('update code', async () => {
        await retryOnConflict(work, () => updateCode(work, { ...code, architecture }));
      }),
    );
    await this.#wait();
    return true;
  }

  async #changeConfiguration(wanted: Configuration, present: FoundFunction): Promise<boolean> {
    const fields = changedFields(present.configuration, wanted);
    if (fields.length === 0) return false;
    const work = this.#work;
    await work.step('update configuration', async (note) => {
      const input = updateInput(wanted, fields);
      await retryOnConflict(work, () => retryForRole(work, () => updateConfiguration(work, input)));
      note(fields.join(', '));
    });
    await this.#wait();
    return true;
  }

  async #changeTags({ arn, tags }: FoundFunction): Promise<boolean> {
    // Not told, for want of a permission: only what was asked for is set.
    if (tags === undefined && this.#settings.tags === undefined) return false;
    const { set, remove } = tagChanges(tags ?? {}, wantedTags(this.#settings, tags, this.#work.functionName));
    if (Object.keys(set).length === 0 && remove.length === 0) return false;
    await this.#work.step('update tags', async () => {
      if (Object.keys(set).length > 0) await tagFunction(this.#work, arn, set);
      if (remove.length > 0) await untagFunction(this.#work, arn, remove);
    });
    return true;
  }

  #wanted({ base, version }: Pick<Plan, 'base' | 'version'>, around?: Surroundings): Configuration {
    const { functionName } = this.#work;
    return wantedConfiguration(this.#settings, base, { functionName, version, roleArn: around?.roleArn });
  }

  async #wait(): Promise<void> {
    await this.#work.step('wait', () => waitUntilReady(this.#work));
  }

  async #end(result: Result): Promise<Deployed> {
    const { plan, around, wanted, created, changed, arn } = result;
    const { zipped, architecture } = plan;
    const work = this.#work;
    await work.step('probe', async (note) => {
      if (await probe(work, zipped.manifest)) return;
      note('not allowed');
      this.#notes.push(`${work.functionName} was not called: these credentials may not (lambda:InvokeFunction).`);
    });
    if (created || result.unfinished === true) {
      await work.step('finish', () => untagFunction(work, arn, [UNFINISHED_TAG]));
    }
    const { manifest, sha256, size } = zipped;
    const note = runtimeNote(wanted.runtime, dayOf(new Date()));
    return {
      functionName: work.functionName,
      arn,
      created,
      changed,
      role: around.role,
      logGroup: around.logGroup,
      hash: sha256,
      zipBytes: size.zippedBytes,
      unzippedBytes: size.unzippedBytes,
      tasks: Object.keys(manifest.tasks).sort(),
      manifestHash: manifest.hash,
      runtime: wanted.runtime,
      architecture,
      memoryMb: wanted.memoryMb,
      timeoutMs: wanted.timeoutMs,
      notes: [...zipped.notes, ...this.#notes, ...(note === undefined ? [] : [note])],
    };
  }
}

/** What is the same for creating and changing. */
interface Plan {
  readonly zipped: ZippedTasks;
  readonly architecture: Architecture;
  readonly version: string;
  /** What settings fall back to before defaults. */
  readonly base: Configuration | undefined;
}

interface Result extends Pick<Deployed, 'arn' | 'created' | 'changed'> {
  readonly plan: Plan;
  readonly around: Surroundings;
  readonly wanted: Configuration;
  readonly unfinished?: boolean;
}

/** The emulator runs functions on this machine. */
function defaultArchitecture({ isEmulator }: Target): Architecture {
  return isEmulator && process.arch === 'arm64' ? 'arm64' : 'x86_64';
}
