/** What a deployed function has logged, from CloudWatch. */
import type { FilterLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import { LambdaPoolError } from '../shared/errors.ts';
import { checkInteger } from '../shared/options.ts';
import { isNotThere } from './errors.ts';
import { refuseMissing } from './function/find-function.ts';
import { getConfiguration } from './function/lambda-api.ts';
import { logGroupOf } from './surroundings/role-policy.ts';
import { checkFunctionName } from './settings.ts';
import type { Target } from './target/target.ts';
import { Work } from './work.ts';
import type { Timing } from './work.ts';

/** Options of `functionLogs`. */
export interface FunctionLogsOptions {
  /**
   * Milliseconds to look back.
   * @default 600_000, ten minutes
   */
  readonly sinceMs?: number | undefined;
  /** Goes on with what is logged from now on, until `signal` aborts. */
  readonly follow?: boolean | undefined;
  /** Ends it; rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** One line, or several where one record has them. */
export interface FunctionLog {
  readonly at: Date;
  readonly text: string;
  /** Of one environment. */
  readonly stream: string;
}

const DEFAULT_SINCE_MS = 600_000;
/** AWS: 5 FilterLogEvents a second and account. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html, read 2026-11 */
const POLL_MS = 1000;
/** CloudWatch takes events late, and not in order: so far back each look goes again. */
const OVERLAP_MS = 30_000;

/**
 * The log of a function, oldest first.
 * @throws {LambdaPoolError} FUNCTION_NOT_FOUND; OPTION_INVALID where the target has no logs to ask for
 */
export async function* functionLogs(
  target: Target,
  functionName: string,
  options: FunctionLogsOptions & { readonly timing?: Timing; readonly now?: () => number } = {},
): AsyncGenerator<FunctionLog, void, undefined> {
  const { sinceMs = DEFAULT_SINCE_MS, follow = false, now = Date.now } = options;
  checkInteger('sinceMs', sinceMs, { min: 0 });
  const work = new Work(target, checkFunctionName(functionName), options);
  if (target.lambdaOnly) throw noLogs(target);
  const seen = new SeenEvents();
  let from = now() - sinceMs;
  let isKnown = false;
  for (;;) {
    const startedAt = now();
    for await (const { at, text, stream, id } of eventsSince(work, from)) {
      isKnown = true;
      if (seen.add(id, at.getTime())) yield { at, text, stream };
    }
    if (!isKnown && (await getConfiguration(work)) === undefined) throw refuseMissing(work);
    isKnown = true;
    if (!follow) return;
    from = Math.max(from, startedAt - OVERLAP_MS);
    seen.forgetBefore(from);
    await work.sleep(POLL_MS);
  }
}

function noLogs({ endpoint, isEmulator }: Target): LambdaPoolError {
  const where = isEmulator
    ? 'The emulator keeps no log groups: what functions write appears where it was started, in the terminal of `lambdapool dev`.'
    : `Only Lambda is at ${endpoint}: no CloudWatch is known there. Give an endpoint for all services (AWS_ENDPOINT_URL) if it has one.`;
  return new LambdaPoolError('OPTION_INVALID', where, { details: { endpoint } });
}

interface LogEvent extends FunctionLog {
  readonly id: string;
}

/** None where there is no log group: the function has not been called yet, or does not exist. */
async function* eventsSince(work: Work, from: number): AsyncGenerator<LogEvent, void, undefined> {
  const { FilterLogEventsCommand } = await import('@aws-sdk/client-cloudwatch-logs');
  const client = await work.target.logs();
  let nextToken: string | undefined;
  do {
    const command = new FilterLogEventsCommand({
      logGroupName: logGroupOf(work.functionName),
      startTime: Math.max(0, Math.floor(from)),
      ...(nextToken !== undefined && { nextToken }),
    });
    let page: FilterLogEventsCommandOutput;
    try {
      page = await work.send('logs:FilterLogEvents', (options) => client.send(command, options));
    } catch (error) {
      if (isNotThere(error)) return;
      throw error;
    }
    for (const { eventId, timestamp = 0, message = '', logStreamName = '' } of page.events ?? []) {
      const id = eventId ?? `${logStreamName} ${timestamp} ${message}`;
      yield { id, at: new Date(timestamp), text: message.replace(/\n$/, ''), stream: logStreamName };
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
}

/** Which events of the overlap have been told already. */
class SeenEvents {
  readonly #at = new Map<string, number>();

  /** False: seen before. */
  add(id: string, at: number): boolean {
    if (this.#at.has(id)) return false;
    this.#at.set(id, at);
    return true;
  }

  forgetBefore(time: number): void {
    for (const [id, at] of this.#at) if (at < time) this.#at.delete(id);
  }
}
