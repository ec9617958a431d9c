/** The Node runtimes of AWS Lambda and how long each of them lives. Data, and the choice among them. */
import { LambdaPoolError } from '../shared/errors.ts';
import { show } from '../shared/options.ts';

export interface Runtime {
  readonly name: string;
  /** `preview`: AWS offers it without support. Never chosen unasked. */
  readonly stage: 'preview' | 'supported';
  /** Day of the last security updates. Undefined: not announced. */
  readonly deprecatedOn?: string;
  /** From this day on AWS refuses to create functions with it. */
  readonly noCreateFrom?: string;
  /** From this day on AWS refuses to change functions that have it. */
  readonly noUpdateFrom?: string;
}

/**
 * Newest first. Those that are not here anymore have ended: 20 did in 2026.
 * AWS: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html, as of 2026-04 (22, 24); nodejs26.x is in the model of
 * `@aws-sdk/client-lambda` 3.1164 and was in preview as of 2026-09, with no dates announced.
 */
export const RUNTIMES: readonly Runtime[] = [
  { name: 'nodejs26.x', stage: 'preview' },
  {
    name: 'nodejs24.x',
    stage: 'supported',
    deprecatedOn: '2028-04-30',
    noCreateFrom: '2028-06-01',
    noUpdateFrom: '2028-07-01',
  },
  {
    name: 'nodejs22.x',
    stage: 'supported',
    deprecatedOn: '2027-04-30',
    noCreateFrom: '2027-06-01',
    noUpdateFrom: '2027-07-01',
  },
];

/** What new functions get: the newest that AWS supports and whose semantics the agent is tested with. */
export const DEFAULT_RUNTIME = 'nodejs24.x';

/**
 * @param today the date as `2026-11-23`
 * @throws {LambdaPoolError} OPTION_INVALID for a runtime that is unknown or has ended; names the choice.
 */
export function checkRuntime(value: unknown, today: string): string {
  const runtime = RUNTIMES.find(({ name }) => name === value);
  if (runtime === undefined) throw refuse(`${show(value)} is not known, or has ended`, today);
  if (runtime.noUpdateFrom !== undefined && today >= runtime.noUpdateFrom) {
    throw refuse(`${runtime.name} ended on ${runtime.noUpdateFrom}`, today);
  }
  return runtime.name;
}

/** What deserves mention about a runtime today, a sentence. */
export function runtimeNote(runtime: string, today: string): string | undefined {
  const found = RUNTIMES.find(({ name }) => name === runtime);
  if (found === undefined) return `The runtime ${runtime} has ended: deploy with \`runtime: '${DEFAULT_RUNTIME}'\`.`;
  if (found.stage === 'preview') return `The runtime ${runtime} is in preview: AWS gives no support for it yet.`;
  const { deprecatedOn, noUpdateFrom } = found;
  if (deprecatedOn === undefined || today < deprecatedOn) return undefined;
  const end = noUpdateFrom === undefined ? '' : `, and AWS refuses changes from ${noUpdateFrom} on`;
  return `The runtime ${runtime} is deprecated since ${deprecatedOn}${end}: deploy with \`runtime: '${DEFAULT_RUNTIME}'\`.`;
}

/** A day as AWS writes it, in UTC. */
export function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function refuse(reason: string, today: string): LambdaPoolError {
  const choice = RUNTIMES.filter(({ noUpdateFrom }) => noUpdateFrom === undefined || today < noUpdateFrom);
  const names = choice.map(({ name, stage }) => `'${name}'${stage === 'preview' ? ' (preview)' : ''}`).join(', ');
  return new LambdaPoolError('OPTION_INVALID', `The runtime ${reason}. Choose one of ${names}.`, {
    details: { option: 'runtime' },
  });
}
