/** Short ways to invoke, for tests. */
import type { Emulator, InvocationRequest, InvocationResult } from '../../emulator/index.ts';

export const ISOLATIONS = ['process', 'thread'] as const;

export function send(
  emulator: Emulator,
  event: unknown,
  extra: Partial<InvocationRequest> = {},
): Promise<InvocationResult> {
  return emulator.invoke({ functionName: 'lambdapool', payload: JSON.stringify(event), ...extra });
}

/** The parsed answer of an invocation that must succeed. */
export async function call<T>(emulator: Emulator, event: unknown, extra: Partial<InvocationRequest> = {}): Promise<T> {
  const result = await send(emulator, event, extra);
  if (result.functionError !== undefined) throw new Error(`The function failed: ${result.payload}`);
  return JSON.parse(result.payload);
}

export interface FunctionFailure {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
  readonly requestId: string;
  readonly log: string;
}

/** The parsed error of an invocation that must fail. */
export async function failure(
  emulator: Emulator,
  event: unknown,
  extra: Partial<InvocationRequest> = {},
): Promise<FunctionFailure> {
  const result = await send(emulator, event, { logType: 'Tail', ...extra });
  if (result.functionError !== 'Unhandled') throw new Error(`The function did not fail: ${result.payload}`);
  return { ...JSON.parse(result.payload), requestId: result.requestId, log: result.logTail ?? '' };
}
