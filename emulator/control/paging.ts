/** Cuts lists into pages, in the order of their keys, so that a page that follows is right whatever comes in between. Pure. */
import { Constraints } from './constraints.ts';

export interface PageRequest {
  readonly marker: string | undefined;
  readonly maxItems: number | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextMarker: string | undefined;
}

/** AWS: more are never in one answer, whatever is asked. */
const PAGE_SIZE = 50;

/** @throws {ServiceError} ValidationException */
export function pageOf<T>(all: readonly T[], keyOf: (item: T) => string, request: PageRequest): Page<T> {
  const constraints = new Constraints();
  constraints.range('maxItems', request.maxItems, { min: 1, max: 10_000 });
  constraints.check();
  const keyed = all.map((item) => ({ item, key: keyOf(item) })).sort((a, b) => (a.key < b.key ? -1 : 1));
  const after = request.marker === undefined ? '' : Buffer.from(request.marker, 'base64url').toString();
  const rest = keyed.filter(({ key }) => key > after);
  const page = rest.slice(0, Math.min(request.maxItems ?? PAGE_SIZE, PAGE_SIZE));
  const last = rest.length > page.length ? page.at(-1) : undefined;
  return {
    items: page.map(({ item }) => item),
    nextMarker: last === undefined ? undefined : Buffer.from(last.key).toString('base64url'),
  };
}

/** So that `$LATEST` comes before 1, and 9 before 10. */
export function versionKey(functionName: string, version: string): string {
  return `${functionName}\n${/^\d+$/.test(version) ? version.padStart(12, '0') : ''}`;
}
