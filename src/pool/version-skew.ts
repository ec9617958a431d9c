/** What to say where pool and agent speak different versions of the wire format: which of them is the older one. */
import { PROTOCOL_VERSION } from '../../agent/protocol.ts';
import { LambdaPoolError } from '../shared/errors.ts';
import { updateCommand } from './compare-tasks.ts';
import type { Whereabouts } from './compare-tasks.ts';

/**
 * The error of calls that an agent of another version was asked to run: none of them has run.
 * @param found The version that it names, or what it says of it.
 */
export function versionSkew(found: unknown, where: Whereabouts): LambdaPoolError {
  const version = typeof found === 'string' ? versionIn(found) : found;
  const theirs = typeof version === 'number' ? `version ${version}` : 'another version';
  return new LambdaPoolError(
    'TASKS_DIFFER',
    `The function that the transport \`${where.transport}\` reaches speaks ${theirs} of lambdapool's protocol, this program version ` +
      `${PROTOCOL_VERSION}. ${whoUpdates(version, where)} The call has not run.`,
    { details: { functionVersion: version, programVersion: PROTOCOL_VERSION } },
  );
}

/** What a message of an agent says of its version, for advice; undefined if nothing. */
export function versionIn(message: string): number | undefined {
  const version = /this function version (\d+)/.exec(message)?.[1];
  return version === undefined ? undefined : Number(version);
}

/** Who is to be updated, and how. */
export function whoUpdates(version: unknown, where: Partial<Whereabouts> = {}): string {
  if (typeof version === 'number' && version > PROTOCOL_VERSION) {
    return 'Update this program: `npm install lambdapool@latest`.';
  }
  return `Deploy the function again with this program's version of lambdapool: ${updateCommand(where)}.`;
}
