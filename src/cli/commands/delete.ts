/** `lambdapool delete`: takes a function away, after a question where there is somebody to ask. */
import type { Target } from '../../deploy/target/target.ts';
import { confirm } from '../confirm.ts';
import { deletedText } from '../deploy-lines.ts';
import type { Io } from '../io.ts';
import { withSteps } from './deploy.ts';

export interface DeleteCommandOptions {
  readonly target: Target;
  readonly functionName: string;
  /** Do not ask. */
  readonly yes: boolean;
  readonly json: boolean;
  /** Told of a failure after which some of it is gone. */
  readonly onHalfDone: () => void;
}

/** Returns whether it did: false if the answer was no. */
export async function deleteCommand(options: DeleteCommandOptions, io: Io, signal: AbortSignal): Promise<boolean> {
  const { target, functionName, yes, json, onHalfDone } = options;
  const { checkDeletable, deleteFunction } = await import('../../deploy/delete-function.ts');
  if (!yes && io.stdin.isTerminal) {
    // Nobody is to decide about a function that is not there, or is another's.
    const isThere = await checkDeletable(target, functionName, { signal });
    if (!(await confirm(question(target, functionName, isThere), io, signal))) {
      await io.stderr.write('Nothing was deleted.\n');
      return false;
    }
  }
  const deleted = await withSteps({ io, isQuiet: json, onHalfDone }, (onStep) =>
    deleteFunction(target, functionName, { signal, onStep }),
  );
  await io.stdout.write(json ? `${JSON.stringify(deleted, undefined, 2)}\n` : deletedText(deleted, io.stdout));
  return true;
}

function question(target: Target, functionName: string, isThere: boolean): string {
  const place = target.endpoint ?? `region ${target.region}`;
  if (!isThere) {
    return `There is no function ${functionName} in ${place}. Delete its role and its log group, if they are left?`;
  }
  return `Delete the function ${functionName} in ${place}${target.lambdaOnly ? '' : ', its role and its log group'}?`;
}
