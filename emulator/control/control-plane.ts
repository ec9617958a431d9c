/** Lambda's control plane: functions are made, changed, published, shown and deleted, with Lambda's checks and states. */
import { randomUUID } from 'node:crypto';
import { invalidParameter } from '../api-errors.ts';
import type { AccountFacts } from '../arn.ts';
import type { InFlight } from '../queue/in-flight.ts';
import type { ResolvedFunctionOptions } from '../options.ts';
import type { RunningFunctions } from '../functions/running-functions.ts';
import type { ServiceError } from '../service-error.ts';
import { REGISTERED_TAG } from '../../src/shared/registered-tag.ts';
import { type FunctionConfiguration, showConfiguration } from './configuration.ts';
import { Constraints } from './constraints.ts';
import { Deployments } from './deployments.ts';
import { booleanIn, type Fields, fieldsIn, stringIn, stringMapIn } from './fields.ts';
import { Catalog } from './catalog.ts';
import type { Caller } from './function-name.ts';
import { constrainName, nameIn, refIn, zipIn } from './function-request.ts';
import { checkTagCount, setTags } from './function-tags.ts';
import { type FolderGuard, PackageStore, type StoredPackage } from './package/package-store.ts';
import { assertManaged, conflict, type FunctionRecord, LATEST, Registry, type VersionRecord } from './registry.ts';
import { registeredContents } from './registered.ts';
import type {
  CreateFunctionRequest,
  FunctionRequest,
  PublishVersionRequest,
  UpdateFunctionCodeRequest,
  UpdateFunctionConfigurationRequest,
} from './requests.ts';
import {
  applySettings,
  constrainArchitectures,
  constrainSettings,
  defaultSettings,
  type FunctionSettings,
} from './settings.ts';
import { Transitions } from './transitions.ts';

export interface ControlPlaneOptions {
  readonly account: AccountFacts;
  readonly running: RunningFunctions;
  readonly inFlight: InFlight;
  readonly guard: FolderGuard;
  /** How many environments run at once. */
  readonly concurrency: number;
}

/**
 * The operations that show functions are in `catalog`. What is wrong with a request is a `ServiceError`, as on AWS.
 * A `caller` is who calls, if not somebody of the emulator's own account and region.
 */
export class ControlPlane implements AsyncDisposable {
  readonly catalog: Catalog;
  readonly #account: AccountFacts;
  readonly #registry: Registry;
  readonly #deployments: Deployments;
  readonly #store: PackageStore;
  readonly #transitions: Transitions;

  constructor({ account, running, inFlight, guard, concurrency }: ControlPlaneOptions) {
    this.#account = account;
    const registry = new Registry(account, { newRevisionId: randomUUID, now: () => new Date() });
    const deployments = new Deployments(running);
    this.#registry = registry;
    this.#deployments = deployments;
    this.#transitions = new Transitions({ registry, deployments, inFlight });
    this.#store = new PackageStore(guard);
    this.catalog = new Catalog({ account, registry, deployments, running, concurrency });
  }

  /** Whether a function of that name is there, or being made. */
  isTaken(functionName: string): boolean {
    return this.#registry.isTaken(functionName);
  }

  /** Shows a function that the program has registered; what changes it is its source of code. */
  adopt(options: ResolvedFunctionOptions): void {
    const record = this.#registry.add(options.functionName, registeredContents(options, this.#account), false);
    setTags(record.tags, { [REGISTERED_TAG]: 'true' });
  }

  /** Resolves when the function is active and its newest update has taken over. */
  async settled(functionName: string): Promise<void> {
    await this.#transitions.settled(functionName);
  }

  /** Why a function that does not run does not. */
  refusal(functionName: string, qualifier: string = LATEST): ServiceError {
    const isPending = this.#registry.findVersion(functionName, qualifier).state === 'Pending';
    if (!isPending) return this.#registry.missing(functionName, qualifier);
    return conflict(
      'The operation cannot be performed at this time. The function is currently in the following state: Pending',
    );
  }

  async createFunction(request: CreateFunctionRequest, caller: Caller = this.#account): Promise<FunctionConfiguration> {
    const fields: Fields = request;
    const code = fieldsIn(fields, 'Code');
    const constraints = new Constraints();
    constrainName(constraints, fields);
    constraints.required('role', stringIn(fields, 'Role'));
    constraints.required('code', code);
    constrainSettings(constraints, fields);
    constraints.check();
    const functionName = nameIn(fields, caller);
    const settings = newSettings(functionName, fields, caller);
    const zip = zipIn(code ?? {});
    const tags = stringMapIn(fields, 'Tags') ?? {};
    checkTagCount(new Map(), tags);
    const { record, stored } = await this.#make(functionName, settings, zip);
    setTags(record.tags, tags);
    const version = booleanIn(fields, 'Publish') ? this.#registry.publish(record).version : undefined;
    this.#transitions.activate(record, stored, version);
    return this.#show(record, version ?? record.latest);
  }

  async updateFunctionCode(
    request: UpdateFunctionCodeRequest,
    caller: Caller = this.#account,
  ): Promise<FunctionConfiguration> {
    const fields: Fields = request;
    const constraints = new Constraints();
    constrainName(constraints, fields);
    constrainArchitectures(constraints, fields);
    constraints.check();
    const record = this.#findManaged(fields, caller, 'UpdateFunctionCode');
    const { latest } = record;
    this.#registry.assertUpdatable(record, stringIn(fields, 'RevisionId'));
    if (stringIn(fields, 'ImageUri') !== undefined) {
      throw invalidParameter("Please don't provide ImageUri when updating a function with packageType Zip.");
    }
    const zip = zipIn(fields);
    const settings = applySettings(latest.settings, pick(fields, ['Architectures']), caller);
    const stored = await this.#unpack(record, zip);
    const contents = contentsOf(settings, stored);
    if (booleanIn(fields, 'DryRun')) {
      await stored.release();
      return this.#show(record, { ...latest, ...contents });
    }
    this.#registry.update(record, contents);
    const published = booleanIn(fields, 'Publish') ? this.#registry.publish(record) : undefined;
    this.#transitions.update(record, stored, published?.isNew === true ? published.version : undefined);
    if (published === undefined) return this.#show(record, latest);
    return this.#show(record, published.version, true);
  }

  async updateFunctionConfiguration(
    request: UpdateFunctionConfigurationRequest,
    caller: Caller = this.#account,
  ): Promise<FunctionConfiguration> {
    const fields: Fields = request;
    const constraints = new Constraints();
    constrainName(constraints, fields);
    constrainSettings(constraints, fields);
    constraints.check();
    const record = this.#findManaged(fields, caller, 'UpdateFunctionConfiguration');
    const { functionName, latest } = record;
    this.#registry.assertUpdatable(record, stringIn(fields, 'RevisionId'));
    const settings = applySettings(latest.settings, fields, caller);
    const { codeSha256, codeBytes } = latest;
    this.#registry.update(record, { settings, codeSha256, codeBytes });
    this.#transitions.update(record, this.#deployments.packageOf(functionName, LATEST)?.share(), undefined);
    return this.#show(record, latest);
  }

  async publishVersion(request: PublishVersionRequest, caller: Caller = this.#account): Promise<FunctionConfiguration> {
    const fields: Fields = request;
    const constraints = new Constraints();
    constrainName(constraints, fields);
    constraints.maxLength('description', stringIn(fields, 'Description'), 256);
    constraints.check();
    const record = this.#findManaged(fields, caller, 'PublishVersion');
    const { latest } = record;
    this.#registry.assertUpdatable(record, stringIn(fields, 'RevisionId'));
    const sha256 = stringIn(fields, 'CodeSha256') || latest.codeSha256;
    if (sha256 !== latest.codeSha256) {
      throw invalidParameter(
        `CodeSHA256 (${sha256}) is different from current CodeSHA256 in $LATEST (${latest.codeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
      );
    }
    const { version, isNew } = this.#registry.publish(record, stringIn(fields, 'Description'));
    if (isNew) this.#transitions.startVersion(record, version);
    return this.#show(record, version, true);
  }

  /** Deletes a function with all its versions, or with a qualifier one version. What runs ends. */
  async deleteFunction(request: FunctionRequest, caller: Caller = this.#account): Promise<void> {
    const { functionName, qualifier } = refIn(request, caller);
    const record = this.#registry.find(functionName);
    assertManaged(record, 'DeleteFunction');
    if (qualifier === undefined) {
      this.#registry.delete(functionName);
      return this.#transitions.end(functionName, [LATEST, ...record.versions.keys()]);
    }
    if (qualifier === LATEST) {
      throw invalidParameter('$LATEST version cannot be deleted without deleting the function.');
    }
    // AWS: only what looks like an alias is one, recorded 2025-11.
    if (!/^\d+$/.test(qualifier) && /^[a-zA-Z0-9-_]+$/.test(qualifier)) {
      throw invalidParameter('Deletion of aliases is not currently supported.');
    }
    if (!record.versions.delete(qualifier)) throw this.#registry.missing(functionName);
    this.#transitions.end(functionName, [qualifier]);
  }

  /** Removes all packages. To be called when nothing runs any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }

  #findManaged(fields: Fields, caller: Caller, operation: string): FunctionRecord {
    const record = this.#registry.find(nameIn(fields, caller));
    assertManaged(record, operation);
    return record;
  }

  /** Others are told meanwhile that there is such a function. */
  async #make(
    functionName: string,
    settings: FunctionSettings,
    zip: Uint8Array,
  ): Promise<{ readonly record: FunctionRecord; readonly stored: StoredPackage }> {
    const reservation = this.#registry.reserve(functionName);
    try {
      const stored = await this.#store.add(zip);
      return { record: this.#registry.add(functionName, contentsOf(settings, stored), true), stored };
    } finally {
      reservation[Symbol.dispose]();
    }
  }

  /** Others are told meanwhile that an update is in progress. */
  async #unpack(record: FunctionRecord, zip: Uint8Array): Promise<StoredPackage> {
    record.isLocked = true;
    try {
      const stored = await this.#store.add(zip);
      if (this.#registry.has(record)) return stored;
      await stored.release();
      throw this.#registry.missing(record.functionName);
    } finally {
      record.isLocked = false;
    }
  }

  #show(record: FunctionRecord, version: VersionRecord, isQualified = false): FunctionConfiguration {
    return showConfiguration(version, { account: this.#account, functionName: record.functionName, isQualified });
  }
}

function newSettings(functionName: string, fields: Fields, caller: Caller): FunctionSettings {
  if (stringIn(fields, 'PackageType') === 'Image') {
    throw invalidParameter('This emulator runs functions of the package type Zip only, not Image.');
  }
  if (stringIn(fields, 'Runtime') === undefined || stringIn(fields, 'Handler') === undefined) {
    throw invalidParameter(
      'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
    );
  }
  return applySettings(defaultSettings(functionName), fields, caller);
}

function contentsOf(
  settings: FunctionSettings,
  { sha256, zipBytes }: StoredPackage,
): { settings: FunctionSettings; codeSha256: string; codeBytes: number } {
  return { settings, codeSha256: sha256, codeBytes: zipBytes };
}

function pick(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
}
