/** What becomes of a call, as it goes back to the pool. */
import { encode } from './codec.ts';
import type { CallOutcome, Encoded, OutcomeErrorCode } from './protocol.ts';
import { shortenStacks } from './stack.ts';

const RESULT = { root: 'result' } as const;
const LOSSY = { lossy: true } as const;

/** @param snapshot Copy the result: a later call may change an object that tasks share before the reply is written. */
export function succeeded(value: unknown, snapshot: boolean): CallOutcome {
  if (value === undefined) return {};
  try {
    const encoded = encode(value, RESULT);
    const isMutable = typeof encoded === 'object' && encoded !== null;
    return { ok: snapshot && isMutable ? copy(encoded) : encoded };
  } catch (refusal) {
    return failed('RESULT_NOT_SERIALIZABLE', refusal);
  }
}

/** @param thrown Whatever was thrown, undefined included. Encoded here, so that stacks are mapped where the sources are. */
export function failed(code: OutcomeErrorCode, thrown: unknown): CallOutcome {
  shortenStacks(thrown);
  return { error: { code, thrown: encode(thrown, LOSSY) } };
}

function copy(encoded: Encoded): Encoded {
  return JSON.parse(JSON.stringify(encoded));
}
