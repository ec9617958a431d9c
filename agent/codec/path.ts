/** Names the place of a value inside another, as one would write it in code: `args[0].rows[3].fn`. */
import { types } from 'node:util';

/**
 * One step down: the container and the key at which the value stands in it. In a Map the key counts keys and values
 * by turns (as its entries are laid out on the wire), in a Set the items.
 */
export interface Step {
  readonly container: object;
  readonly key: string | number;
}

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** `root` followed by all steps. */
export function formatPath(root: string, steps: readonly Step[]): string {
  return root + steps.map(formatStep).join('');
}

/** Cuts the middle out of a path that nobody would read to its end. */
export function shortenPath(path: string): string {
  return path.length <= 200 ? path : `${path.slice(0, 100)}...${path.slice(-80)}`;
}

function formatStep({ container, key }: Step): string {
  if (typeof key === 'string') return IDENTIFIER.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  if (types.isSet(container)) return `.values()[${key}]`;
  if (types.isMap(container)) return formatEntry(container, key);
  return `[${key}]`;
}

function formatEntry(map: ReadonlyMap<unknown, unknown>, position: number): string {
  const index = position >> 1;
  if (position % 2 === 0) return `.keys()[${index}]`;
  const mapKey = [...Map.prototype.keys.call(map)][index];
  if (typeof mapKey === 'string') return `.get(${JSON.stringify(mapKey)})`;
  return typeof mapKey === 'number' ? `.get(${mapKey})` : `.values()[${index}]`;
}
