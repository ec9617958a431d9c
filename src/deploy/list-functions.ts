/** Which functions of a target are ours. */
import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import { isOurs } from './function/marks.ts';
import type { Architecture } from './package/target-platform.ts';
import type { Target } from './target/target.ts';
import { Work } from './work.ts';

/** A function that lambdapool deployed, as a listing shows it. */
export interface FunctionSummary {
  readonly functionName: string;
  readonly arn: string;
  /** Of the zip. */
  readonly sizeBytes: number;
  readonly lastModified: Date;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  /** ARNs of layer versions. */
  readonly layers: readonly string[];
  /** Version of lambdapool that deployed it, as far as it is known. */
  readonly version: string | undefined;
  readonly runtime: string;
  readonly architecture: Architecture;
  /** Base64 of the SHA-256 of its zip, as in `Deployed`. */
  readonly hash: string;
}

/**
 * The functions of a region that lambdapool deployed, newest first.
 * @throws {LambdaPoolError} ACCESS_DENIED, UNREACHABLE, THROTTLED
 */
export async function listFunctions(
  target: Target,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<readonly FunctionSummary[]> {
  const work = new Work(target, 'all functions', options);
  const [{ ListFunctionsCommand }, client] = await Promise.all([import('@aws-sdk/client-lambda'), target.lambda()]);
  const found: FunctionSummary[] = [];
  let Marker: string | undefined;
  do {
    const command = new ListFunctionsCommand(Marker === undefined ? {} : { Marker });
    const page = await work.send('lambda:ListFunctions', (options) => client.send(command, options));
    // Listings bring no tags.
    const ours = (page.Functions ?? []).filter(({ Environment }) => isOurs({ env: Environment?.Variables }));
    found.push(...ours.map(summaryOf));
    Marker = page.NextMarker;
  } while (Marker !== undefined && Marker !== '');
  return found.sort(
    (a, b) => Number(b.lastModified) - Number(a.lastModified) || compare(a.functionName, b.functionName),
  );
}

function summaryOf(answer: FunctionConfiguration): FunctionSummary {
  return {
    functionName: answer.FunctionName ?? '',
    arn: answer.FunctionArn ?? '',
    sizeBytes: answer.CodeSize ?? 0,
    lastModified: dateOf(answer.LastModified ?? ''),
    memoryMb: answer.MemorySize ?? 0,
    timeoutMs: (answer.Timeout ?? 0) * 1000,
    layers: (answer.Layers ?? []).map(({ Arn }) => Arn ?? ''),
    version: answer.Environment?.Variables?.['LAMBDAPOOL_VERSION'],
    runtime: answer.Runtime ?? '',
    architecture: answer.Architectures?.[0] === 'arm64' ? 'arm64' : 'x86_64',
    hash: answer.CodeSha256 ?? '',
  };
}

/** Lambda writes `2026-11-23T10:00:00.000+0000`, which is ISO 8601 but not what every engine reads. */
function dateOf(text: string): Date {
  return new Date(text.replace(/\+0000$/, 'Z'));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
