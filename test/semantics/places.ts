/** Where the rows run, and how the page calls it. */
import { inProcess, overHttp } from '../contract/places.ts';

export const EMULATOR = { place: inProcess('process'), column: 'emulator' };
export const HTTP = { place: overHttp('process'), column: 'HTTP' };
export const PLACES = [EMULATOR, HTTP] as const;
