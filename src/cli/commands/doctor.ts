/** `lambdapool doctor`: examines what deploying and calling depend on. */
import type { DoctorOptions } from '../../deploy/doctor/doctor.ts';
import { checkLine, doctorSummary } from '../deploy-lines.ts';
import type { Io } from '../io.ts';

export interface DoctorCommandOptions extends Omit<DoctorOptions, 'signal' | 'onCheck'> {
  readonly json: boolean;
}

/** Returns whether there was no problem. */
export async function doctor(
  { json, ...options }: DoctorCommandOptions,
  io: Io,
  signal: AbortSignal,
): Promise<boolean> {
  const { examine } = await import('../../deploy/doctor/doctor.ts');
  const checks = await examine({
    ...options,
    signal,
    onCheck: (check) => void (json || io.stdout.write(checkLine(check, io.stdout))),
  });
  await io.stdout.write(json ? `${JSON.stringify(checks, undefined, 2)}\n` : doctorSummary(checks));
  return checks.every(({ status }) => status !== 'problem');
}
