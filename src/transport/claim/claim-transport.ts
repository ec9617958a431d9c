/**
 * A transport around another one for values that Lambda does not carry: what is too large travels through a bucket, and the
 * invocation says where it is (`Claimed` in agent/protocol.ts). Small requests travel as ever, and have with them where a
 * large reply may go.
 */
import { randomUUID } from 'node:crypto';
import { MAX_OBJECT_BYTES, TransferError, download, upload } from '../../../agent/claim-transfer.ts';
import { PROTOCOL_VERSION } from '../../../agent/protocol.ts';
import type { Claim, ClaimReply, Claimed } from '../../../agent/protocol.ts';
import type { InvokeRequest, InvokeResponse, Transport } from '../transport.ts';
import type { PayloadBucket } from './bucket.ts';
import { hasNotRun, replyNotGot, replyNotPut, requestNotGot, uploadFailed } from './failures.ts';
import { Leftovers } from './leftovers.ts';

/** AWS: invocation payload, request: 6 MB, https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, read 2026-11 */
const MAX_INLINE_BYTES = 6_291_456;
/** How the requests of a pool begin. Whatever else is sent, the receiver may not know of claims. */
const REQUEST = `{"lambdapool":${PROTOCOL_VERSION},`;
/** How a reply begins that stands for another one, also where something on the way has written the JSON anew. */
const CLAIM_REPLY = /^\s*\{\s*"lambdapool"\s*:\s*\d+\s*,\s*"claim"\s*:/;
/** As long as a function may run: a slow line should not be what ends a call. */
const TRANSFER_TIMEOUT_MS = 900_000;

/** The largest request and reply of a transport with a bucket. */
export const MAX_CLAIMED_BYTES: number = MAX_OBJECT_BYTES;

/** @param openBucket Called at the first invocation; again at the next one, if it rejects. */
export function claimChecking(transport: Transport, openBucket: () => Promise<PayloadBucket>): Transport {
  return new ClaimTransport(transport, openBucket);
}

/** A bucket in use. */
interface Store {
  readonly bucket: PayloadBucket;
  readonly leftovers: Leftovers;
}

/** Names of the objects of one invocation. */
interface Keys {
  readonly request: string;
  readonly reply: string;
}

class ClaimTransport implements Transport {
  readonly name: string;
  readonly maxPayloadBytes: number = MAX_CLAIMED_BYTES;
  readonly #transport: Transport;
  readonly #openBucket: () => Promise<PayloadBucket>;
  readonly #active = new Set<Promise<unknown>>();
  #opening: Promise<Store> | undefined;

  constructor(transport: Transport, openBucket: () => Promise<PayloadBucket>) {
    this.name = transport.name;
    this.#transport = transport;
    this.#openBucket = openBucket;
  }

  invoke(request: InvokeRequest, options: { readonly signal: AbortSignal }): Promise<InvokeResponse> {
    if (!request.payload.startsWith(REQUEST)) return this.#transport.invoke(request, options);
    const invocation = this.#invoke(request, options.signal).finally(() => this.#active.delete(invocation));
    this.#active.add(invocation);
    return invocation;
  }

  /** The function's end comes first: afterwards nobody puts anything any more, where it is on this machine. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#transport[Symbol.asyncDispose]();
    } finally {
      await Promise.allSettled(this.#active);
      const store = await this.#opening?.catch(() => undefined);
      await store?.leftovers.close();
      await store?.bucket[Symbol.asyncDispose]();
    }
  }

  async #invoke(request: InvokeRequest, signal: AbortSignal): Promise<InvokeResponse> {
    const store = await this.#open();
    signal.throwIfAborted();
    // Each sending has objects of its own: of an earlier one nobody knows when it ends.
    const id = randomUUID();
    const keys = { request: `lambdapool/${id}.request.json`, reply: `lambdapool/${id}.reply.json` };
    const payload = await this.#write(store, keys, { payload: request.payload, signal });
    const isUploaded = payload.length < request.payload.length;
    let response: InvokeResponse;
    try {
      response = await this.#transport.invoke({ ...request, payload }, { signal });
    } catch (error) {
      if (signal.aborted || !hasNotRun(error)) store.leftovers.removeLater(keys.reply);
      throw error;
    } finally {
      if (isUploaded) store.leftovers.remove(keys.request);
    }
    return this.#read(store, keys, { response, signal });
  }

  #open(): Promise<Store> {
    this.#opening ??= this.#openBucket().then(
      (bucket) => ({ bucket, leftovers: new Leftovers(bucket) }),
      (error: unknown) => {
        this.#opening = undefined;
        throw error;
      },
    );
    return this.#opening;
  }

  /** The event of the invocation: with the request in it, or with where it has been put. */
  async #write(
    { bucket, leftovers }: Store,
    keys: Keys,
    { payload, signal }: { readonly payload: string; readonly signal: AbortSignal },
  ): Promise<string> {
    const isLocal = bucket.isLocal ? ({ isLocal: true } as const) : {};
    const put = await bucket.sign('PUT', keys.reply);
    const inline = `${REQUEST}"claim":${JSON.stringify({ put, ...isLocal } satisfies Claim)},${payload.slice(REQUEST.length)}`;
    if (fits(inline)) return inline;
    try {
      const url = new URL(await bucket.sign('PUT', keys.request));
      await upload(url, Buffer.from(payload), { timeoutMs: TRANSFER_TIMEOUT_MS, signal });
    } catch (error) {
      // It may have arrived all the same, unless there was an answer.
      if (signal.aborted) leftovers.remove(keys.request);
      else if (error instanceof TransferError && error.status === undefined) leftovers.removeLater(keys.request);
      throw uploadFailed(error, bucket.name);
    }
    const get = await bucket.sign('GET', keys.request);
    return JSON.stringify({ lambdapool: PROTOCOL_VERSION, claim: { get, put, ...isLocal } } satisfies Claimed);
  }

  /** The answer as the pool expects it. */
  async #read(
    { bucket, leftovers }: Store,
    keys: Keys,
    { response, signal }: { readonly response: InvokeResponse; readonly signal: AbortSignal },
  ): Promise<InvokeResponse> {
    const claim = response.functionError === undefined ? claimOf(response.payload) : undefined;
    if (claim === undefined) {
      // Whoever died may have put its reply before.
      if (response.functionError !== undefined) leftovers.remove(keys.reply);
      return response;
    }
    if ('failed' in claim && claim.failed === 'get') throw requestNotGot(claim, bucket.name);
    try {
      if ('failed' in claim) throw replyNotPut(claim, bucket.name);
      const url = new URL(await bucket.sign('GET', keys.reply));
      return { ...response, payload: await download(url, { timeoutMs: TRANSFER_TIMEOUT_MS, signal }) };
    } catch (error) {
      throw replyNotGot(error, bucket.name);
    } finally {
      leftovers.remove(keys.reply);
    }
  }
}

// UTF-8 needs at most three bytes for a UTF-16 unit: shorter texts need no counting.
function fits(event: string): boolean {
  return event.length <= MAX_INLINE_BYTES / 3 || Buffer.byteLength(event) <= MAX_INLINE_BYTES;
}

/** Undefined for a reply that stands for itself; what is odd about it, the pool will find. */
function claimOf(payload: string): ClaimReply['claim'] | undefined {
  if (!CLAIM_REPLY.test(payload)) return undefined;
  try {
    const { claim }: Partial<ClaimReply> = JSON.parse(payload);
    return typeof claim === 'object' && claim !== null ? claim : undefined;
  } catch {
    return undefined;
  }
}
