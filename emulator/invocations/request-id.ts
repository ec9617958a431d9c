/** Request ids: UUIDs of version 4 in form, and unique, but no secrets. Real randomness for each would cost more than the rest. */
import { randomBytes } from 'node:crypto';

const random = randomBytes(10).toString('hex');
const PREFIX = `${random.slice(0, 8)}-${random.slice(8, 12)}-4${random.slice(12, 15)}-8${random.slice(15, 18)}-`;
/** 12 hexadecimal digits: no process lives to see them used up. */
const FIRST = 0x1000_0000_0000;

let count = 0;

export function newRequestId(): string {
  count += 1;
  return PREFIX + (FIRST + count).toString(16);
}
