/** `lambdapool list`: the functions that lambdapool deployed, newest first. */
import type { Target } from '../../deploy/target/target.ts';
import { listText } from '../deploy-lines.ts';
import type { Io } from '../io.ts';

export interface ListCommandOptions {
  readonly target: Target;
  readonly json: boolean;
}

export async function list({ target, json }: ListCommandOptions, io: Io, signal: AbortSignal): Promise<void> {
  const { listFunctions } = await import('../../deploy/list-functions.ts');
  const functions = await listFunctions(target, { signal });
  await io.stdout.write(json ? `${JSON.stringify(functions, undefined, 2)}\n` : listText(functions, new Date()));
}
