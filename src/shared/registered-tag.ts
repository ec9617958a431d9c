/** How the emulator marks functions that its own program registered, which nobody can deploy to. */

export const REGISTERED_TAG = 'lambdapool_registered';
