import { EMULATOR } from './places.ts';
import { describeRows } from './row.ts';
import { EXECUTOR_ROWS } from './rows.ts';

describeRows(EMULATOR.place, EXECUTOR_ROWS);
