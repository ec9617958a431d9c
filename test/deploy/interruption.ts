/** A run that is interrupted before or after any step is completed by the next, on a target that is no fake. */
import { describe, expect, test } from 'vitest';
import { deleteFunction } from '../../src/deploy/delete-function.ts';
import { createFunction, updateFunction } from '../../src/deploy/deploy-function.ts';
import type { DeployOptions, Step } from '../../src/deploy/work.ts';
import { call, deploying, OTHER_CODE } from './place.ts';
import type { Place } from './place.ts';

type Moment = Pick<Step, 'name' | 'phase'>;

const momentsOf = (names: readonly Step['name'][]): Moment[] =>
  names.flatMap((name) => [
    { name, phase: 'start' },
    { name, phase: 'end' },
  ]);

const architecture = process.arch === 'arm64' ? 'arm64' : 'x86_64';
/** Not there on targets that have Lambda alone. */
const AROUND = new Set<Step['name']>(['log group', 'role', 'delete role', 'delete log group']);

async function interrupt(at: Moment, work: (options: DeployOptions) => Promise<unknown>): Promise<void> {
  const controller = new AbortController();
  const onStep = ({ name, phase }: Step): void => {
    if (name === at.name && phase === at.phase) controller.abort(new Error('Ctrl-C'));
  };
  await expect(work({ signal: controller.signal, onStep })).rejects.toEqual(new Error('Ctrl-C'));
}

export function describeInterruptions(place: Place & { readonly lambdaOnly: boolean }): void {
  const here = (names: readonly Step['name'][]): Moment[] =>
    momentsOf(names.filter((name) => !place.lambdaOnly || !AROUND.has(name)));

  describe(`an interruption on ${place.name}`, () => {
    test.each(here(['find', 'bundle', 'zip', 'log group', 'role', 'create', 'wait', 'probe', 'finish']))(
      'of a creation, at the $phase of $name',
      async (at) => {
        await using d = await deploying(place);
        await interrupt(at, (options) => createFunction(d.target, d.request({ architecture }), options));
        const isOver = at.name === 'finish' && at.phase === 'end';
        const deployed = await (isOver ? updateFunction : createFunction)(d.target, d.request({ architecture }));
        expect(deployed).toMatchObject({ functionName: d.functionName, memoryMb: 256, notes: [] });
        expect(await call(d, 'math.add', [2, 3])).toBe(5);
        // Nothing is left to do.
        expect((await updateFunction(d.target, d.request())).changed).toEqual([]);
      },
    );

    test.each(
      here(['find', 'bundle', 'zip', 'role', 'update code', 'wait', 'update configuration', 'update tags', 'probe']),
    )('of a change, at the $phase of $name', async (at) => {
      await using d = await deploying(place);
      await createFunction(d.target, d.request({ architecture }));
      await d.root.write('math.ts', OTHER_CODE);
      const settings = { memoryMb: 512, tags: { team: 'blue' } };
      await interrupt(at, (options) => updateFunction(d.target, d.request(settings), options));
      const deployed = await updateFunction(d.target, d.request(settings));
      expect(deployed).toMatchObject({ memoryMb: 512, tasks: ['math.add', 'math.zero'] });
      expect(await call(d, 'math.zero', [])).toBe(0);
      expect((await updateFunction(d.target, d.request(settings))).changed).toEqual([]);
    });

    test.each(here(['find', 'delete function', 'delete role', 'delete log group']))(
      'of a deletion, at the $phase of $name',
      async (at) => {
        await using d = await deploying(place);
        await createFunction(d.target, d.request({ architecture }));
        await interrupt(at, (options) => deleteFunction(d.target, d.functionName, options));
        // The last interruption may come after all is gone.
        await deleteFunction(d.target, d.functionName).catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
        });
        await expect(updateFunction(d.target, d.request())).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
      },
    );
  });
}
