/** `lambdapool create` and `lambdapool update`: tasks to a function. */
import type { DeployRequest, Deployed } from '../../deploy/deploy-function.ts';
import type { Target } from '../../deploy/target/target.ts';
import { deployedText } from '../deploy-lines.ts';
import { Interrupted } from '../interruption.ts';
import type { Io } from '../io.ts';
import { showSteps } from '../steps.ts';

export interface DeployCommandOptions {
  readonly verb: 'create' | 'update';
  readonly target: Target;
  readonly request: DeployRequest;
  readonly json: boolean;
  /** Told of a failure after which the function is not what it was. */
  readonly onHalfDone: () => void;
}

/** Deploys and tells of each step. */
export async function deploy(options: DeployCommandOptions, io: Io, signal: AbortSignal): Promise<void> {
  const { verb, target, request, json, onHalfDone } = options;
  const { createFunction, updateFunction } = await import('../../deploy/deploy-function.ts');
  const deployed: Deployed = await withSteps({ io, isQuiet: json, onHalfDone }, (onStep) =>
    (verb === 'create' ? createFunction : updateFunction)(target, request, { signal, onStep }),
  );
  await io.stdout.write(json ? `${JSON.stringify(deployed, undefined, 2)}\n` : deployedText(deployed, io.stdout));
}

interface Shown {
  readonly io: Io;
  readonly isQuiet: boolean;
  readonly onHalfDone: () => void;
}

/** Runs `work` and shows its steps; says how to go on where it was interrupted. */
export async function withSteps<T>(
  { io, isQuiet, onHalfDone }: Shown,
  work: (onStep: ReturnType<typeof showSteps>['onStep']) => Promise<T>,
): Promise<T> {
  using steps = showSteps(io.stderr, { isQuiet });
  try {
    return await work(steps.onStep);
  } catch (error) {
    const during = steps.current();
    steps[Symbol.dispose]();
    if (error instanceof Interrupted) {
      const place = during === undefined ? '' : ` during the step "${during}"`;
      await io.stderr.write(
        `lambdapool: Interrupted${place}. Run the same command again: it goes on where it stopped.\n`,
      );
    } else if (steps.hasChanged()) {
      onHalfDone();
    }
    throw error;
  }
}
