/** Reads a request's body by hand, bounded: express's parsers cost more and cannot answer 413 in Lambda's words. */
import type { IncomingMessage } from 'node:http';
import { MAX_DROPPED_BYTES } from './limits.ts';

/** The client went away before its request was complete: nobody is left to be answered. */
export class ClientGoneError extends Error {}

/**
 * The whole body, or 'too-large' if it has more than `maxBytes`: then the rest has been read and dropped.
 * @throws {ClientGoneError}
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | 'too-large'> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= maxBytes) chunks.push(chunk);
      else chunks = [];
      if (length > MAX_DROPPED_BYTES) request.destroy();
    });
    request.once('end', () => {
      if (length > maxBytes) return resolve('too-large');
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, length));
    });
    // Comes in every case, after whatever went wrong. Making an error costs, and mostly all went well.
    request.once('close', () => {
      if (!request.readableEnded) reject(new ClientGoneError('The client closed the connection.'));
    });
  });
}
