/** `lambdapool delete`: takes a function away, after a question where there is somebody to ask. */
import type { Target } from '../../deploy/target.ts';
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
  if (!yes && io.stdin.isTerminal) {
    const place = target.endpoint ?? `region ${target.region}`;
    const all = target.lambdaOnly ? '' : ', its role and its log group';
    if (!(await confirm(`Delete the function ${functionName} in ${place}${all}?`, io, signal))) {
      await io.stderr.write('Nothing was deleted.\n');
      return false;
    }
  }
  const { deleteFunction } = await import('../../deploy/delete-function.ts');
  const deleted = await withSteps({ io, isQuiet: json, onHalfDone }, (onStep) =>
    deleteFunction(target, functionName, { signal, onStep }),
  );
  await io.stdout.write(json ? `${JSON.stringify(deleted, undefined, 2)}\n` : deletedText(deleted, io.stdout));
  return true;
}
