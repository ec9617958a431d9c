/** The part of Lambda that deploying uses, in memory: states and their rules as AWS has them, functions that only describe themselves. */
import { createHash } from 'node:crypto';
import { unzipSync } from 'fflate';
import { ApiError } from './api-error.ts';

type Strings = Record<string, string>;

export interface FakeFunction {
  configuration: Record<string, unknown>;
  tags: Strings;
  zip: Uint8Array;
  /** Reads of its configuration until what is under way is over. */
  busyReads: number;
}

export interface LambdaRequest {
  readonly method: string;
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Record<string, unknown>;
}

const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:';
const PAGE = 2;

export class FakeLambda {
  readonly functions = new Map<string, FakeFunction>();
  /** How often a configuration is read before what is under way is over. */
  busyReads = 0;
  /** What becomes of the next creations and changes. */
  nextState: 'Active' | 'Failed' = 'Active';
  /** What the next calls answer, if not what the code says. */
  reply: string | undefined;
  functionError: string | undefined;
  /** Objects of S3 by bucket and key. */
  readonly #objects: ReadonlyMap<string, Uint8Array>;

  constructor(objects: ReadonlyMap<string, Uint8Array>) {
    this.#objects = objects;
  }

  /** The operation that a request asks for. */
  operationOf({ method, path }: LambdaRequest): string {
    const [version, kind, , part = ''] = path;
    if (kind === 'tags') return { POST: 'TagResource', DELETE: 'UntagResource' }[method] ?? 'ListTags';
    if (kind === 'account-settings') return 'GetAccountSettings';
    if (version !== '2015-03-31' || kind !== 'functions') return 'Unknown';
    if (path.length === 2) return method === 'POST' ? 'CreateFunction' : 'ListFunctions';
    if (part === 'code') return 'UpdateFunctionCode';
    if (part === 'invocations') return 'Invoke';
    if (part === 'configuration') return method === 'PUT' ? 'UpdateFunctionConfiguration' : 'GetFunctionConfiguration';
    return method === 'DELETE' ? 'DeleteFunction' : 'GetFunction';
  }

  answer(operation: string, { path, query, body }: LambdaRequest): object | string {
    const name =
      decodeURIComponent(path[2] ?? '')
        .split(':')
        .at(-1) ?? '';
    switch (operation) {
      case 'CreateFunction':
        return this.#create(body);
      case 'GetFunction': {
        const found = this.#function(name);
        return { Configuration: found.configuration, Code: {}, Tags: found.tags };
      }
      case 'GetFunctionConfiguration':
        return this.#read(this.#function(name));
      case 'UpdateFunctionCode':
        return this.#change(name, (found) => this.#setCode(found, body));
      case 'UpdateFunctionConfiguration':
        return this.#change(name, (found) => Object.assign(found.configuration, configurationOf(body)));
      case 'DeleteFunction':
        this.#function(name);
        this.functions.delete(name);
        return {};
      case 'TagResource':
        Object.assign(this.#function(name).tags, body['Tags']);
        return {};
      case 'UntagResource':
        for (const key of query.getAll('tagKeys')) delete this.#function(name).tags[key];
        return {};
      case 'ListFunctions':
        return this.#list(query);
      case 'Invoke':
        return this.reply ?? this.#describe(this.#function(name));
      default:
        throw new ApiError(404, 'UnknownOperationException', `No ${operation} here.`);
    }
  }

  #create(body: Record<string, unknown>): object {
    const name = String(body['FunctionName']);
    if (this.functions.has(name))
      throw new ApiError(409, 'ResourceConflictException', `Function already exist: ${name}`);
    const { Tags = {}, Architectures } = body;
    const created: FakeFunction = {
      configuration: { FunctionName: name, FunctionArn: ARN + name, ...configurationOf(body), Architectures },
      tags: { ...Object(Tags) },
      zip: new Uint8Array(),
      busyReads: this.busyReads,
    };
    this.#setCode(created, body);
    Object.assign(created.configuration, { State: 'Pending', StateReasonCode: 'Creating' });
    this.functions.set(name, created);
    const answer = { ...created.configuration };
    if (this.busyReads === 0) this.#settle(created);
    return answer;
  }

  #change(name: string, change: (found: FakeFunction) => void): object {
    const found = this.#function(name);
    const { State, LastUpdateStatus, FunctionArn } = found.configuration;
    if (State === 'Pending' || LastUpdateStatus === 'InProgress') {
      const message = `The operation cannot be performed at this time. An update is in progress for resource: ${String(FunctionArn)}`;
      throw new ApiError(409, 'ResourceConflictException', message);
    }
    change(found);
    Object.assign(found.configuration, {
      LastUpdateStatus: 'InProgress',
      LastModified: '2026-11-23T10:00:01.000+0000',
    });
    found.busyReads = this.busyReads;
    const answer = { ...found.configuration };
    if (this.busyReads === 0) this.#settle(found);
    return answer;
  }

  #read(found: FakeFunction): object {
    if (found.busyReads > 0) found.busyReads -= 1;
    else this.#settle(found);
    return found.configuration;
  }

  #settle({ configuration }: FakeFunction): void {
    const isCreation = configuration['State'] === 'Pending';
    if (!isCreation && configuration['LastUpdateStatus'] !== 'InProgress') return;
    const reason = { StateReason: 'The subnets are full.', StateReasonCode: 'InsufficientCapacity' };
    const updateReason = { LastUpdateStatusReason: 'The layer is gone.', LastUpdateStatusReasonCode: 'InvalidLayer' };
    if (this.nextState === 'Failed') {
      Object.assign(
        configuration,
        isCreation ? { State: 'Failed', ...reason } : { LastUpdateStatus: 'Failed', ...updateReason },
      );
    } else {
      Object.assign(configuration, { State: 'Active', LastUpdateStatus: 'Successful', StateReasonCode: undefined });
    }
  }

  #setCode(found: FakeFunction, body: Record<string, unknown>): void {
    found.zip = this.#zipOf(body['Code'] === undefined ? body : Object(body['Code']));
    const CodeSha256 = createHash('sha256').update(found.zip).digest('base64');
    Object.assign(found.configuration, { CodeSha256, CodeSize: found.zip.byteLength });
    if (body['Architectures'] !== undefined) found.configuration['Architectures'] = body['Architectures'];
  }

  #zipOf({ ZipFile, S3Bucket, S3Key }: Record<string, unknown>): Uint8Array {
    if (typeof ZipFile === 'string') return Buffer.from(ZipFile, 'base64');
    const object = this.#objects.get(`${String(S3Bucket)}/${String(S3Key)}`);
    if (object !== undefined) return object;
    throw new ApiError(
      400,
      'InvalidParameterValueException',
      'Error occurred while GetObject. S3 Error Code: NoSuchKey.',
    );
  }

  #list(query: URLSearchParams): object {
    const from = Number(query.get('Marker') ?? 0);
    const all = [...this.functions.values()].map(({ configuration }) => configuration);
    return {
      Functions: all.slice(from, from + PAGE),
      ...(from + PAGE < all.length && { NextMarker: String(from + PAGE) }),
    };
  }

  #describe({ zip, configuration }: FakeFunction): string {
    const manifest: unknown = JSON.parse(Buffer.from(unzipSync(zip)['manifest.json'] ?? []).toString());
    return JSON.stringify({ lambdapool: 1, timeoutMs: Number(configuration['Timeout']) * 1000, manifest });
  }

  #function(name: string): FakeFunction {
    const found = this.functions.get(name);
    if (found !== undefined) return found;
    throw new ApiError(404, 'ResourceNotFoundException', `Function not found: ${ARN}${name}`);
  }
}

const FIELDS = new Set(['Handler', 'Runtime', 'MemorySize', 'Timeout', 'Environment', 'VpcConfig', 'Role']);

function configurationOf(body: Record<string, unknown>): Record<string, unknown> {
  const fields = Object.entries(body).filter(([name]) => FIELDS.has(name));
  const layers: unknown = body['Layers'];
  return {
    ...Object.fromEntries(fields),
    ...(Array.isArray(layers) && { Layers: layers.map((Arn: unknown) => ({ Arn })) }),
    LastModified: '2026-11-23T10:00:00.000+0000',
  };
}
