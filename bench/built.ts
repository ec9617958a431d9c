/** The built package, as users get it, with the types of its sources, which are there before a build. */
import type * as Sources from '../src/index.ts';

const built: typeof Sources = await import(new URL('../dist/src/index.js', import.meta.url).href);

export const { LambdaPool, emulatorTransport, lambdaTransport } = built;
