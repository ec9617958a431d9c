/** What goes wrong on the way to a fake endpoint and back: decided by a seed, whatever the order in which requests come. */

const FAULTS = [
  'dropBefore',
  'dropAfter',
  'error500Before',
  'error500After',
  'error503',
  'throttle',
  'throttleWithTime',
  'throttleRate',
  'truncate',
  'truncateWell',
  'delay',
] as const;

/**
 * `Before` and `After`: the tasks have not, or have, run then. `truncate` ends the connection within the body;
 * `truncateWell` sends a body that is too short as if that were all of it.
 */
export type Fault = (typeof FAULTS)[number];

export interface FaultOptions {
  readonly seed: number;
  /** Share of the requests, from 0 to 1. */
  readonly share: number;
  /** @default all */
  readonly kinds?: readonly Fault[];
}

export class Faults {
  readonly #options: FaultOptions;
  /** How often a payload has come: its second sending has a fate of its own. */
  readonly #seen = new Map<string, number>();
  /** How often each has happened. */
  readonly counts: Map<Fault, number> = new Map();

  constructor(options: FaultOptions) {
    this.#options = options;
  }

  /** What happens to a request with this payload. */
  next(payload: string): Fault | undefined {
    const { seed, share, kinds = FAULTS } = this.#options;
    const times = this.#seen.get(payload) ?? 0;
    this.#seen.set(payload, times + 1);
    const random = hash(`${seed} ${times} ${payload}`);
    if (random / 2 ** 32 >= share) return undefined;
    const kind = kinds[hash(`${random}`) % kinds.length];
    if (kind !== undefined) this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    return kind;
  }
}

/** FNV-1a with a final mix: 32 bits that look like chance. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) h = Math.imul(h ^ text.charCodeAt(at), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
