/** What a function holds, for clients that compare it with what they were written against. */
import type { Manifest } from './manifest.ts';
import { PROTOCOL_VERSION } from './protocol.ts';
import type { ChunkRequest, DescribeReply, DescribeRequest, PlainRequest } from './protocol.ts';

export function isDescribeRequest(request: ChunkRequest | DescribeRequest | PlainRequest): request is DescribeRequest {
  return 'describe' in request;
}

/** The answer to such a request. Loads no task module. */
export function describeFunction(manifest: Manifest, timeoutMs: number): DescribeReply {
  return { lambdapool: PROTOCOL_VERSION, timeoutMs, manifest };
}
