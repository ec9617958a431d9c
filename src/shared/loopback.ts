/** Which host names mean this machine. Pure. */

/** Whether the `hostname` of a URL is this machine's: `localhost`, `127.0.0.1`, `[::1]`. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
