/** The places of docs/fidelity.md, and how the page calls them. */
import { AWS } from './aws-place.ts';
import { LOCALSTACK } from './localstack-place.ts';
import type { Place } from './place.ts';
import { inProcess, overHttp } from './places.ts';

export interface Column {
  readonly place: Pick<Place, 'name' | 'deviations'>;
  readonly title: string;
  /** Why a run may do without it. */
  readonly mayBeMissing?: string;
}

export const COLUMNS: readonly Column[] = [
  { place: inProcess('process'), title: 'emulator' },
  { place: inProcess('thread'), title: 'emulator, threads' },
  { place: overHttp('process'), title: 'emulator, HTTP' },
  { place: LOCALSTACK, title: 'LocalStack' },
  {
    place: AWS,
    title: 'AWS',
    mayBeMissing: 'Not run: it takes an account and costs money. `npm run test:aws` runs it',
  },
];
