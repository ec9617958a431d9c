/** Says what takes so long, where nothing else would be seen for minutes. */
import { systemClock } from '../../shared/clock.ts';
import type { Clock } from '../../shared/clock.ts';

/** A container is ready in seconds: whoever waits longer waits for an image. */
const SLOW_START_MS = 10_000;

/** Runs `start`, with a process warning if that takes long. */
export async function noticeWhenSlow<T>(start: () => Promise<T>, clock: Clock = systemClock): Promise<T> {
  using _ = clock.after(SLOW_START_MS, () => {
    const message = 'LocalStack is still starting. The first start pulls its image, which can take minutes.';
    process.emitWarning(message, 'LambdaPoolWarning');
  });
  return await start();
}
