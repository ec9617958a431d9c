/** Hashes of what a bundle holds. */
import { createHash } from 'node:crypto';

/** SHA-256, hex, 16 characters. */
export function hashOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  // Lengths between the parts: ['ab', 'c'] and ['a', 'bc'] differ.
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex').slice(0, 16);
}
