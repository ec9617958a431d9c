/**
 * The lines of a journal: shapes, text, and how they are read back. Pure.
 *
 * A journal is a file of JSON lines. What a run was asked to do comes first, then what became of it, as it happens:
 *
 *     {"lambdapoolJournal":1,"task":"math.square","calls":2,"hash":"9f86d0...","startedAt":"2026-11-23T15:37:00.000Z"}
 *     {"index":0,"call":[3]}
 *     {"index":1,"call":["three"]}
 *     {"index":0,"ok":9,"attempt":1,"requestId":"5d1b..."}
 *     {"index":1,"error":{"code":"TASK_THREW","message":"...","cause":{"$lp":[...]}},"attempt":1,"requestId":"77c0..."}
 *
 * A file of failures has the same lines, but no number of calls and no hash, and only the calls that failed. `call`,
 * `ok` and `cause` went through the codec. A line counts once its newline is there.
 */
import { decode, encode } from '../../agent/codec.ts';
import type { CallRequest, Encoded } from '../../agent/protocol.ts';
import { isLambdaPoolError } from '../shared/errors.ts';

/** Version of the format. */
export const JOURNAL_VERSION = 1;

/** What the first line of each of our files begins with. */
export const HEADER_START = '{"lambdapoolJournal":';

export interface Header {
  readonly lambdapoolJournal: typeof JOURNAL_VERSION;
  readonly task: string;
  /** How many calls the run has. Absent in a file of failures. */
  readonly calls?: number;
  /** SHA-256 of the lines of the calls. Absent in a file of failures. */
  readonly hash?: string;
  readonly startedAt: string;
}

/** A failed call, as far as it is written down. */
export interface FailedLine {
  readonly index: number;
  readonly error: { readonly code: string; readonly message: string; readonly cause?: Encoded };
  readonly attempt: number;
  readonly requestId?: string;
}

/** Which invocation brought an outcome. */
export interface Origin {
  readonly attempt: number;
  readonly requestId: string | undefined;
}

/** A line after the header, read back. */
export type Entry =
  | { readonly kind: 'call'; readonly index: number; readonly call: CallRequest }
  | { readonly kind: 'returned'; readonly index: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly index: number; readonly failure: FailedLine };

export function headerLine(header: Omit<Header, 'lambdapoolJournal'>): string {
  return `${JSON.stringify({ lambdapoolJournal: JOURNAL_VERSION, ...header })}\n`;
}

export function callLine(index: number, call: CallRequest): string {
  return `${JSON.stringify({ index, call })}\n`;
}

export function returnedLine(index: number, value: unknown, { attempt, requestId }: Origin): string {
  // Whatever came out of the codec goes into it again; lossy, so that a recorder has nothing to throw.
  return `${JSON.stringify({ index, ok: encode(value, { lossy: true }), attempt, requestId })}\n`;
}

export function failedLine(index: number, error: unknown, { attempt, requestId }: Origin): string {
  const { code, message, cause } = describe(error);
  const written = { code, message, ...(cause !== undefined && { cause: encode(cause, { lossy: true }) }) };
  return `${JSON.stringify({ index, error: written, attempt, requestId })}\n`;
}

function describe(error: unknown): { readonly code: string; readonly message: string; readonly cause?: unknown } {
  if (isLambdaPoolError(error)) return error;
  return { code: 'UNKNOWN', message: error instanceof Error ? error.message : String(error), cause: error };
}

/** The header in `line`, of whatever version; undefined if it is none. */
export function readHeader(
  line: string,
): (Omit<Header, 'lambdapoolJournal'> & { lambdapoolJournal: number }) | undefined {
  const value = line.startsWith(HEADER_START) ? parse(line) : undefined;
  if (value === undefined || typeof value['lambdapoolJournal'] !== 'number') return undefined;
  const { lambdapoolJournal, task, calls, hash, startedAt } = value;
  if (typeof task !== 'string' || typeof startedAt !== 'string') return undefined;
  const run = isIndex(calls) && typeof hash === 'string' ? { calls, hash } : {};
  return { lambdapoolJournal, task, startedAt, ...run };
}

/** The entry in `line`; undefined if it cannot be read, as after a power failure. */
export function readEntry(line: string): Entry | undefined {
  const value = parse(line);
  if (value === undefined || !isIndex(value['index'])) return undefined;
  const { index, call, ok, error } = value;
  if (error !== undefined) return isFailedLine(value) ? { kind: 'failed', index, failure: value } : undefined;
  if (call !== undefined) return { kind: 'call', index, call: call as CallRequest };
  return ok === undefined ? undefined : readReturned(index, ok as Encoded);
}

function readReturned(index: number, ok: Encoded): Entry | undefined {
  try {
    return { kind: 'returned', index, value: decode(ok) };
  } catch {
    return undefined;
  }
}

function isFailedLine(value: object): value is FailedLine {
  const error: unknown = Reflect.get(value, 'error');
  if (typeof error !== 'object' || error === null) return false;
  return typeof Reflect.get(error, 'code') === 'string' && typeof Reflect.get(error, 'message') === 'string';
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
