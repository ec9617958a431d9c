/** Work that nothing else keeps our process alive for: esbuild's child and the watcher do not. */

export async function stayAlive<T>(work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => undefined, 2 ** 30);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
