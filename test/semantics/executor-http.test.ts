import { HTTP } from './places.ts';
import { describeRows } from './row.ts';
import { EXECUTOR_ROWS } from './rows.ts';

describeRows(HTTP.place, EXECUTOR_ROWS);
