/** Transports around transports: one that is opened at its first use, and one that is not closed with its pool. */
import { LambdaPoolError, isLambdaPoolError } from '../shared/errors.ts';
import type { InvokeRequest, InvokeResponse, Transport } from '../transport/transport.ts';

/** A transport that `open` makes at the first invocation. If that fails, the next invocation tries again. */
export class LazyTransport implements Transport {
  readonly name: string;
  readonly maxPayloadBytes: number | undefined;
  readonly #open: () => Promise<Transport>;
  #opening: Promise<Transport> | undefined;
  #opened: Transport | undefined;

  /** @param maxPayloadBytes That of what will be opened. */
  constructor(name: string, open: () => Promise<Transport>, maxPayloadBytes?: number) {
    this.name = name;
    this.maxPayloadBytes = maxPayloadBytes;
    this.#open = open;
  }

  invoke(request: InvokeRequest, options: { readonly signal: AbortSignal }): Promise<InvokeResponse> {
    if (this.#opened !== undefined) return this.#opened.invoke(request, options);
    return this.#openFirst(request, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const transport = await this.#opening?.catch(() => undefined);
    await transport?.[Symbol.asyncDispose]();
  }

  async #openFirst(request: InvokeRequest, options: { readonly signal: AbortSignal }): Promise<InvokeResponse> {
    this.#opening ??= this.#open();
    const opening = this.#opening;
    try {
      this.#opened = await opening;
    } catch (error) {
      if (this.#opening === opening) this.#opening = undefined;
      throw cannotOpen(this.name, error);
    }
    options.signal.throwIfAborted();
    return this.#opened.invoke(request, options);
  }
}

function cannotOpen(name: string, error: unknown): LambdaPoolError {
  if (isLambdaPoolError(error)) return error;
  const said = error instanceof Error ? error.message : String(error);
  return new LambdaPoolError('OPTION_INVALID', `The transport \`${name}\` could not be opened: ${said}`, {
    cause: error,
  });
}

/**
 * Keeps a transport open for several pools: a pool closes the transport that it is given, but not one given as
 * `shared(transport)`. Whoever made it closes it.
 * @example
 * await using transport = emulatorTransport({ tasksRoot: './tasks' });
 * await using small = new LambdaPool({ workers: 1, transport: shared(transport) });
 * await using large = new LambdaPool({ workers: 8, transport: shared(transport) });
 */
export function shared(transport: Transport): Transport {
  return {
    name: transport.name,
    maxPayloadBytes: transport.maxPayloadBytes,
    invoke: (request, options) => transport.invoke(request, options),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
