/** Runs the one suite on a place. Functions are shared by tests with the same settings, as opening one may take seconds. */
import { afterAll, describe, expect, test } from 'vitest';
import { LambdaExecutor, LambdaPool, shared } from '../../src/index.ts';
import type { Transport } from '../../src/index.ts';
import { BEHAVIOURS } from './behaviours.ts';
import { checkDeviations, runDeviating } from './deviations.ts';
import { titleOf } from './place.ts';
import type { Behaviour, FunctionSettings, Ground, Place } from './place.ts';

export function describeContract(place: Place, behaviours: readonly Behaviour[] = BEHAVIOURS): void {
  describe(`on ${place.name}`, () => {
    const ground = openGround(place);
    describe.for([...Map.groupBy(behaviours, (each) => each.group)])('%s', ([, members]) => {
      test.for(members.map((each) => [each.title, each] as const))('%s', async ([, behaviour]) => {
        expect.hasAssertions();
        await check(behaviour, place, ground);
      });
    });
    test('deviations name behaviours, and have reasons', () => {
      checkDeviations(place, behaviours);
      expect(place.deviations).toBeDefined();
    });
  });
}

function check(behaviour: Behaviour, place: Place, ground: Ground): Promise<void> {
  const deviation = place.deviations.find((each) => each.test === titleOf(behaviour));
  if (deviation === undefined) return behaviour.run(ground);
  expect(deviation.reason).not.toBe('');
  return runDeviating(behaviour, deviation, ground);
}

function openGround(place: Place): Ground {
  const open = new Map<string, Promise<Transport>>();
  const transportTo = async (settings: FunctionSettings = {}): Promise<Transport> => {
    const key = JSON.stringify(Object.entries(settings).sort(([a], [b]) => a.localeCompare(b)));
    const opening = open.get(key) ?? place.open(settings);
    open.set(key, opening);
    return shared(await opening);
  };
  afterAll(async () => {
    const ends = await Promise.allSettled(
      [...open.values()].map(async (opening) => (await opening.catch(() => undefined))?.[Symbol.asyncDispose]()),
    );
    const errors = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
    if (errors.length > 0) throw new AggregateError(errors, `${place.name} could not be closed`);
  });
  return {
    pool: async (options, settings) =>
      new LambdaPool({ workers: 4, transport: await transportTo(settings), ...options }),
    executor: async (options, settings) =>
      new LambdaExecutor({ maxWorkers: 4, transport: await transportTo(settings), ...options }),
  };
}
