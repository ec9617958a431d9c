/** `lambdapool policy`: the least that IAM must allow, as JSON. */
import type { PolicyFacts } from '../../deploy/policy/policy.ts';
import type { Io } from '../io.ts';

export interface PolicyCommandOptions {
  readonly facts: PolicyFacts;
  /** Undefined: both, as members of one object. */
  readonly only: 'deploy' | 'invoke' | undefined;
}

export async function policy({ facts, only }: PolicyCommandOptions, io: Io): Promise<void> {
  const { deployPolicy, invokePolicy } = await import('../../deploy/policy/policy.ts');
  const all = { deploy: deployPolicy(facts), invoke: invokePolicy(facts) };
  await io.stdout.write(`${JSON.stringify(only === undefined ? all : all[only], undefined, 2)}\n`);
}
