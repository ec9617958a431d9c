/** All rows, in the order of the page. */
import { EXECUTOR_END } from './executor-end.ts';
import { EXECUTOR_FAULTS } from './executor-faults.ts';
import { EXECUTOR_LIFE } from './executor-life.ts';
import { EXECUTOR_MAP } from './executor-map.ts';
import { FUTURES } from './futures.ts';
import { POOL_CALLS } from './pool-calls.ts';
import { POOL_LIFE } from './pool-life.ts';
import type { Row } from './row.ts';
import { WAITING } from './waiting.ts';

export const POOL_ROWS: readonly Row[] = [...POOL_CALLS, ...POOL_LIFE];
export const EXECUTOR_ROWS: readonly Row[] = [
  ...EXECUTOR_LIFE,
  ...EXECUTOR_MAP,
  ...EXECUTOR_FAULTS,
  ...EXECUTOR_END,
  ...FUTURES,
  ...WAITING,
];
