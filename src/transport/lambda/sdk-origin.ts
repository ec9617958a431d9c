/** Where the AWS SDK would send a request, by all that it reads: options, variables, shared configuration files. */

interface Seen {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
}

/** What stands in for the SDK's HTTP handler. */
interface Listener {
  handle(request: Seen): Promise<never>;
}

/**
 * The origin of the request that `ask` makes with this handler. Nothing is sent.
 * @throws what the SDK throws before it comes to sending.
 */
export async function originOf(ask: (requestHandler: Listener) => Promise<unknown>): Promise<string> {
  let origin: string | undefined;
  const handle = ({ protocol, hostname, port }: Seen): Promise<never> => {
    origin = `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`;
    return Promise.reject(new Error('Nothing is sent.'));
  };
  let failure: unknown;
  await ask({ handle }).catch((error: unknown) => (failure = error));
  if (origin === undefined) throw failure;
  return origin;
}
