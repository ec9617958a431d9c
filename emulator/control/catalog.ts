/** The part of the control plane that shows functions and keeps their tags: it changes nothing that runs. */
import { pathToFileURL } from 'node:url';
import { invalidParameter, validationError } from '../api-errors.ts';
import type { AccountFacts } from '../arn.ts';
import { MAX_UNZIPPED_BYTES, MAX_ZIPPED_BYTES } from '../limits.ts';
import type { RunningFunctions } from '../functions/running-functions.ts';
import { type FunctionConfiguration, showConfiguration } from './configuration.ts';
import { Constraints } from './constraints.ts';
import type { Deployments } from './deployments.ts';
import { type Fields, integerIn, stringIn, stringMapIn, stringsIn } from './fields.ts';
import type { Caller } from './function-name.ts';
import { refIn } from './function-request.ts';
import { findTagged, setTags } from './function-tags.ts';
import { pageOf, versionKey } from './paging.ts';
import { withCode } from './registered.ts';
import { type FunctionRecord, LATEST, type Registry, type VersionRecord } from './registry.ts';
import type {
  AccountSettings,
  FunctionRequest,
  GetFunctionAnswer,
  ListFunctionsAnswer,
  ListFunctionsRequest,
  ListTagsRequest,
  ListVersionsAnswer,
  ListVersionsRequest,
  TagResourceRequest,
  UntagResourceRequest,
} from './requests.ts';

export interface CatalogParts {
  readonly account: AccountFacts;
  readonly registry: Registry;
  readonly deployments: Deployments;
  readonly running: RunningFunctions;
  readonly concurrency: number;
}

/** AWS: storage of an account, 75 GB. */
const TOTAL_CODE_BYTES = 80_530_636_800;

export class Catalog {
  readonly #parts: CatalogParts;

  constructor(parts: CatalogParts) {
    this.#parts = parts;
  }

  getFunction(request: FunctionRequest, caller: Caller = this.#parts.account): GetFunctionAnswer {
    const Configuration = this.getFunctionConfiguration(request, caller);
    const { functionName, qualifier } = refIn(request, caller);
    const { tags } = this.#parts.registry.find(functionName);
    const zipFile = this.#parts.deployments.packageOf(functionName, qualifier ?? LATEST)?.zipFile;
    return {
      Code: {
        ...(zipFile !== undefined && { Location: pathToFileURL(zipFile).href }),
        RepositoryType: 'S3',
      },
      Configuration,
      ...(tags.size > 0 && { Tags: Object.fromEntries(tags) }),
    };
  }

  getFunctionConfiguration(request: FunctionRequest, caller: Caller = this.#parts.account): FunctionConfiguration {
    const { functionName, qualifier } = refIn(request, caller);
    const record = this.#parts.registry.find(functionName, qualifier);
    const version = this.#parts.registry.findVersion(functionName, qualifier);
    return this.#show(record, version, { isQualified: qualifier !== undefined });
  }

  listFunctions(request: ListFunctionsRequest = {}): ListFunctionsAnswer {
    const fields: Fields = request;
    const constraints = new Constraints();
    const isAll = stringIn(fields, 'FunctionVersion') !== undefined;
    constraints.oneOf('functionVersion', stringIn(fields, 'FunctionVersion'), ['ALL']);
    constraints.check();
    const all = this.#parts.registry.all.flatMap((record) => {
      return (isAll ? versionsOf(record) : [record.latest]).map((version) => ({ record, version }));
    });
    const { items, nextMarker } = pageOf(
      all,
      ({ record, version }) => versionKey(record.functionName, version.version),
      pageRequest(fields),
    );
    const shown = { isQualified: isAll, isListed: true };
    return {
      Functions: items.map(({ record, version }) => this.#show(record, version, shown)),
      ...(nextMarker !== undefined && { NextMarker: nextMarker }),
    };
  }

  listVersionsByFunction(request: ListVersionsRequest, caller: Caller = this.#parts.account): ListVersionsAnswer {
    const fields: Fields = request;
    const record = this.#parts.registry.find(refIn(fields, caller).functionName);
    const { items, nextMarker } = pageOf(
      versionsOf(record),
      ({ version }) => versionKey(record.functionName, version),
      pageRequest(fields),
    );
    return {
      ...(nextMarker !== undefined && { NextMarker: nextMarker }),
      Versions: items.map((version) => this.#show(record, version, { isQualified: true, isListed: true })),
    };
  }

  tagResource(request: TagResourceRequest, caller: Caller = this.#parts.account): void {
    const fields: Fields = request;
    const { tags } = findTagged(this.#parts.registry, stringIn(fields, 'Resource') ?? '', caller);
    const added = stringMapIn(fields, 'Tags') ?? {};
    // AWS: says no more, recorded 2025-11.
    if (Object.keys(added).length === 0) {
      throw invalidParameter('An error occurred and the request cannot be processed.');
    }
    setTags(tags, added);
  }

  untagResource(request: UntagResourceRequest, caller: Caller = this.#parts.account): void {
    const fields: Fields = request;
    const keys = stringsIn(fields, 'TagKeys') ?? [];
    if (keys.length === 0) {
      throw validationError(["Value null at 'tagKeys' failed to satisfy constraint: Member must not be null"]);
    }
    const { tags } = findTagged(this.#parts.registry, stringIn(fields, 'Resource') ?? '', caller);
    for (const key of keys) tags.delete(key);
  }

  listTags(
    request: ListTagsRequest,
    caller: Caller = this.#parts.account,
  ): { readonly Tags: Readonly<Record<string, string>> } {
    const { tags } = findTagged(this.#parts.registry, stringIn(request, 'Resource') ?? '', caller);
    return { Tags: Object.fromEntries(tags) };
  }

  /** Nobody can reserve concurrency here: nothing is set. */
  getFunctionConcurrency(
    request: FunctionRequest,
    caller: Caller = this.#parts.account,
  ): { readonly ReservedConcurrentExecutions?: number } {
    const { functionName } = refIn(request, caller);
    this.#parts.registry.find(functionName);
    return {};
  }

  getAccountSettings(): AccountSettings {
    const { concurrency, registry } = this.#parts;
    const versions = registry.all.flatMap(versionsOf);
    return {
      AccountLimit: {
        CodeSizeUnzipped: MAX_UNZIPPED_BYTES,
        CodeSizeZipped: MAX_ZIPPED_BYTES,
        ConcurrentExecutions: concurrency,
        TotalCodeSize: TOTAL_CODE_BYTES,
        UnreservedConcurrentExecutions: concurrency,
      },
      AccountUsage: {
        FunctionCount: registry.all.length,
        TotalCodeSize: versions.reduce((sum, { codeBytes }) => sum + codeBytes, 0),
      },
    };
  }

  #show(
    record: FunctionRecord,
    version: VersionRecord,
    view: { readonly isQualified: boolean; readonly isListed?: boolean },
  ): FunctionConfiguration {
    const { account, running } = this.#parts;
    const { functionName, isManaged } = record;
    const code = isManaged ? undefined : running.find(functionName)?.code;
    return showConfiguration(code === undefined ? version : withCode(version, code), {
      account,
      functionName,
      ...view,
    });
  }
}

function versionsOf(record: FunctionRecord): readonly VersionRecord[] {
  return [record.latest, ...record.versions.values()];
}

function pageRequest(fields: Fields): { marker: string | undefined; maxItems: number | undefined } {
  return { marker: stringIn(fields, 'Marker'), maxItems: integerIn(fields, 'MaxItems') };
}
