import { EMULATOR } from './places.ts';
import { describeRows } from './row.ts';
import { POOL_ROWS } from './rows.ts';

describeRows(EMULATOR.place, POOL_ROWS);
