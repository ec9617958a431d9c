/**
 * What the control plane knows of its functions: versions, states, revisions, tags. Pure, in memory.
 *
 *     $LATEST   Pending -> Active    LastUpdateStatus   InProgress -> Successful
 *
 * Each transition, each update and each publication gives `$LATEST` a new revision.
 */
import { functionArn, type AccountFacts } from '../arn.ts';
import { invalidParameter, notFound } from '../api-errors.ts';
import { ServiceError } from '../service-error.ts';
import type { FunctionSettings } from './settings.ts';

export const LATEST = '$LATEST';

/** One version of a function: `$LATEST`, which changes, or a numbered one, which does not. */
export interface VersionRecord {
  readonly version: string;
  settings: FunctionSettings;
  codeSha256: string;
  codeBytes: number;
  lastModified: Date;
  revisionId: string;
  state: 'Pending' | 'Active';
  lastUpdateStatus: 'InProgress' | 'Successful' | undefined;
}

export interface FunctionRecord {
  readonly functionName: string;
  /** Its code came as a package and is replaced by one; otherwise it follows a source that the program registered. */
  readonly isManaged: boolean;
  readonly latest: VersionRecord;
  /** Numbered ones, oldest first. */
  readonly versions: Map<string, VersionRecord>;
  readonly tags: Map<string, string>;
  /** A request that changes it is being worked on. */
  isLocked: boolean;
  nextVersion: number;
}

/** What makes a version. */
export type VersionContents = Pick<VersionRecord, 'settings' | 'codeSha256' | 'codeBytes'>;

export interface RegistryEffects {
  readonly newRevisionId: () => string;
  readonly now: () => Date;
}

export class Registry {
  readonly #account: AccountFacts;
  readonly #effects: RegistryEffects;
  readonly #functions = new Map<string, FunctionRecord>();
  readonly #reserved = new Set<string>();

  constructor(account: AccountFacts, effects: RegistryEffects) {
    this.#account = account;
    this.#effects = effects;
  }

  get all(): readonly FunctionRecord[] {
    return [...this.#functions.values()];
  }

  isTaken(functionName: string): boolean {
    return this.#functions.has(functionName) || this.#reserved.has(functionName);
  }

  /**
   * Keeps a name for a function that is being made, until disposed.
   * @throws {ServiceError} ResourceConflictException
   */
  reserve(functionName: string): Disposable {
    if (this.isTaken(functionName)) throw conflict(`Function already exist: ${functionName}`);
    this.#reserved.add(functionName);
    return { [Symbol.dispose]: () => void this.#reserved.delete(functionName) };
  }

  /** A new function: Pending if it is managed, Active at once if it is registered from code. */
  add(functionName: string, contents: VersionContents, isManaged: boolean): FunctionRecord {
    const latest = { ...this.#version(LATEST, contents), ...(isManaged ? {} : ACTIVE) };
    const record: FunctionRecord = {
      functionName,
      isManaged,
      latest,
      versions: new Map(),
      tags: new Map(),
      isLocked: false,
      nextVersion: 1,
    };
    this.#functions.set(functionName, record);
    return record;
  }

  /** @throws {ServiceError} ResourceNotFoundException, naming the qualifier if there is one. */
  find(functionName: string, qualifier?: string): FunctionRecord {
    const found = this.#functions.get(functionName);
    if (found === undefined) throw this.missing(functionName, qualifier);
    return found;
  }

  /** @throws {ServiceError} ResourceNotFoundException */
  findVersion(functionName: string, qualifier: string = LATEST): VersionRecord {
    const record = this.#functions.get(functionName);
    const found = qualifier === LATEST ? record?.latest : record?.versions.get(qualifier);
    if (found === undefined) throw this.missing(functionName, qualifier);
    return found;
  }

  /** @throws {ServiceError} ResourceConflictException, PreconditionFailedException */
  assertUpdatable(record: FunctionRecord, revisionId?: string): void {
    const { latest } = record;
    if (record.isLocked || latest.state === 'Pending' || latest.lastUpdateStatus === 'InProgress') {
      const arn = functionArn(this.#account, record.functionName);
      throw conflict(`The operation cannot be performed at this time. An update is in progress for resource: ${arn}`);
    }
    if (revisionId === undefined || revisionId === latest.revisionId) return;
    throw new ServiceError(
      'PreconditionFailedException',
      'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
      { status: 412, extra: { Type: 'User' } },
    );
  }

  /** `$LATEST` gets other contents; the update is in progress until `complete`. */
  update({ latest }: FunctionRecord, contents: VersionContents): void {
    Object.assign(latest, contents, { lastModified: this.#effects.now(), lastUpdateStatus: 'InProgress' });
    this.#revise(latest);
  }

  /** What was pending is active, what was in progress successful. */
  complete(record: VersionRecord): void {
    Object.assign(record, ACTIVE);
    this.#revise(record);
  }

  /** The version with just the contents that `$LATEST` has, if the newest one has them; otherwise a new one. */
  publish(record: FunctionRecord, description?: string): { readonly version: VersionRecord; readonly isNew: boolean } {
    const { latest, versions } = record;
    const newest = [...versions.values()].at(-1);
    if (newest !== undefined && isSame(newest, latest)) return { version: newest, isNew: false };
    const settings = { ...latest.settings, description: description ?? latest.settings.description };
    const { codeSha256, codeBytes } = latest;
    const version = this.#version(String(record.nextVersion), { settings, codeSha256, codeBytes });
    record.nextVersion += 1;
    versions.set(version.version, version);
    this.#revise(latest);
    return { version, isNew: true };
  }

  /** Whether it is there still, and not another one of its name. */
  has(record: FunctionRecord): boolean {
    return this.#functions.get(record.functionName) === record;
  }

  delete(functionName: string): void {
    this.#functions.delete(functionName);
  }

  missing(functionName: string, qualifier?: string): ServiceError {
    return notFound(`Function not found: ${functionArn(this.#account, functionName, qualifier)}`);
  }

  #version(version: string, contents: VersionContents): VersionRecord {
    return {
      version,
      ...contents,
      lastModified: this.#effects.now(),
      revisionId: this.#effects.newRevisionId(),
      state: 'Pending',
      lastUpdateStatus: undefined,
    };
  }

  #revise(record: VersionRecord): void {
    record.revisionId = this.#effects.newRevisionId();
  }
}

const ACTIVE = { state: 'Active', lastUpdateStatus: 'Successful' } as const;

/** AWS compares code and configuration; a description that was given with the publication counts as neither. */
function isSame(published: VersionContents, latest: VersionContents): boolean {
  const contents = ({ settings, codeSha256 }: VersionContents): string =>
    JSON.stringify([codeSha256, { ...settings, description: '' }]);
  return contents(published) === contents(latest);
}

export function conflict(message: string): ServiceError {
  return new ServiceError('ResourceConflictException', message, { status: 409, extra: { Type: 'User' } });
}

/** For functions that follow a source of code: who changes them is the program. */
export function assertManaged(record: FunctionRecord, operation: string): void {
  if (record.isManaged) return;
  throw invalidParameter(
    `${operation} is not possible for ${record.functionName}: the program that runs this emulator registered it, and its code follows a folder. Change the files there, or create a function of another name.`,
  );
}
