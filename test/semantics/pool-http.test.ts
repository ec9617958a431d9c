import { HTTP } from './places.ts';
import { describeRows } from './row.ts';
import { POOL_ROWS } from './rows.ts';

describeRows(HTTP.place, POOL_ROWS);
