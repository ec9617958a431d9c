/**
 * Who may talk to the local server: programs on this machine, never a web page from elsewhere. Pure.
 *
 * A page on http://evil.example can send requests to a loopback address in two ways: openly (the browser then says where
 * it comes from in Origin and Sec-Fetch-Site), or by letting its own name resolve to 127.0.0.1 (DNS rebinding: then Host
 * is the foreign name). Both are refused, and no CORS header is ever sent.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { LambdaPoolError } from '../../src/shared/errors.ts';
import { invalidOption } from '../../src/shared/options.ts';

const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/;
const LOOPBACK = /^(?:localhost|(?:[a-z0-9_-]+\.)+localhost|127\.0\.0\.1|\[::1\])$/;

/** The host name in a Host header, in lower case and without the port; undefined if that is no legal one. */
function hostNameOf(header: string): string | undefined {
  return HOST.exec(header.toLowerCase())?.[1];
}

/**
 * The names besides the loopback ones that may stand in Host and Origin, as they are compared.
 * @throws {LambdaPoolError} OPTION_INVALID for one that is no host name.
 */
export function resolveAllowedHosts(names: readonly string[]): ReadonlySet<string> {
  if (!Array.isArray(names)) throw invalidOption('allowedHosts', 'an array of host names', names);
  for (const name of names) {
    if (typeof name === 'string' && hostNameOf(name) === name.toLowerCase()) continue;
    throw new LambdaPoolError(
      'OPTION_INVALID',
      `Expected \`allowedHosts\` to hold host names without scheme and port, such as "my-box.lan", got ${JSON.stringify(name)}.`,
      { details: { option: 'allowedHosts' } },
    );
  }
  return new Set(names.map((name) => name.toLowerCase()));
}

/** Why a request with these headers is refused, as a sentence; undefined if it is welcome. */
export function refusalOf(headers: IncomingHttpHeaders, allowedHosts: ReadonlySet<string>): string | undefined {
  const host = headers.host ?? '';
  if (!isAllowed(hostNameOf(host), allowedHosts)) {
    return `The Host header ${shown(host)} is not a loopback name. This emulator answers to localhost, *.localhost, 127.0.0.1 and [::1], and to the names given by --allowed-host.`;
  }
  const { origin } = headers;
  if (origin !== undefined && !isAllowed(originHostOf(origin), allowedHosts)) {
    return `A web page of the origin ${shown(origin)} may not call this emulator. Pages of loopback names may, and those of names given by --allowed-host.`;
  }
  // Requests without Origin exist (a form's GET, an image): browsers mark these, too.
  if (origin === undefined && headers['sec-fetch-site'] === 'cross-site') {
    return 'A web page of another site may not call this emulator.';
  }
  return undefined;
}

/**
 * Why a request that is welcome may not look after functions: it comes from a page of another server on this machine. To
 * make a function is to run code, which is more than to call what the developer runs anyway; no page needs an answer to it.
 */
export function refusalOfOtherPage({ origin, host = '' }: IncomingHttpHeaders): string | undefined {
  if (origin === undefined || origin.toLowerCase().replace(/^https?:\/\//, '') === host.toLowerCase()) return undefined;
  return `A web page of the origin ${shown(origin)} may call functions of this emulator, but not look after them.`;
}

function isAllowed(name: string | undefined, allowedHosts: ReadonlySet<string>): boolean {
  return name !== undefined && (LOOPBACK.test(name) || allowedHosts.has(name));
}

/** An origin is `scheme://host[:port]` and nothing more; `null` (a sandboxed frame, a local file) has no host. */
function originHostOf(origin: string): string | undefined {
  const match = /^https?:\/\/([^/@?#\\]+)$/i.exec(origin);
  return match?.[1] === undefined ? undefined : hostNameOf(match[1]);
}

function shown(value: string): string {
  return JSON.stringify(value.length > 100 ? `${value.slice(0, 97)}...` : value);
}
