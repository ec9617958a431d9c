/** All behaviours, in the order of docs/fidelity.md. */
import { CALLS } from './calls.ts';
import { DEADLINE } from './deadline.ts';
import { ENDING } from './ending.ts';
import { ENVIRONMENTS } from './environments.ts';
import { EXECUTOR } from './executor.ts';
import { FAILURES } from './failures.ts';
import { FAULTS } from './faults.ts';
import { LARGE_VALUES } from './large-values.ts';
import type { Behaviour } from './place.ts';
import { TOLD } from './told.ts';
import { VALUES } from './values.ts';
import { VERSION_SKEW } from './version-skew.ts';

export const BEHAVIOURS: readonly Behaviour[] = [
  ...CALLS,
  ...VALUES,
  ...LARGE_VALUES,
  ...FAILURES,
  ...FAULTS,
  ...DEADLINE,
  ...ENVIRONMENTS,
  ...TOLD,
  ...ENDING,
  ...EXECUTOR,
  ...VERSION_SKEW,
];
