/** What becomes of a behaviour that a place is known not to have. Pure. */
import { inspect } from 'node:util';
import type { Behaviour, Deviation, Ground, Place } from './place.ts';
import { titleOf } from './place.ts';

/** @throws if a deviation names no behaviour, has no reason, or is there twice. */
export function checkDeviations({ deviations }: Pick<Place, 'deviations'>, behaviours: readonly Behaviour[]): void {
  const titles = new Set(behaviours.map(titleOf));
  const seen = new Set<string>();
  const all = deviations.flatMap(({ test, reason }) => {
    const problems = [
      ...(titles.has(test) ? [] : [`The deviation ${JSON.stringify(test)} names no behaviour.`]),
      ...(seen.has(test) ? [`The deviation ${JSON.stringify(test)} is listed twice.`] : []),
      ...(reason.trim().length < 20 ? [`The deviation ${JSON.stringify(test)} has no reason that explains it.`] : []),
    ];
    seen.add(test);
    return problems;
  });
  if (all.length > 0) throw new Error(all.join('\n'));
}

/**
 * Runs a behaviour that is to fail in a known way.
 * @throws if it succeeds, or fails in another.
 */
export async function runDeviating(behaviour: Behaviour, deviation: Deviation, ground: Ground): Promise<void> {
  let failure: unknown;
  try {
    await behaviour.run(ground);
  } catch (error) {
    failure = error ?? new Error('undefined was thrown');
  }
  if (failure === undefined) {
    throw new Error(`It behaves as everywhere by now: remove the deviation (${deviation.reason})`);
  }
  const said = failure instanceof Error ? failure.message : inspect(failure);
  if (deviation.fails.test(said)) return;
  throw new Error(`It fails in another way than the deviation says (${String(deviation.fails)}): ${said}`, {
    cause: failure,
  });
}
