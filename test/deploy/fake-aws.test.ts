/** Interruptions on an AWS in memory, which shows that the next run leaves exactly what an undisturbed one does. */
import { describe, expect, test } from 'vitest';
import { createFunction, ensureFunction, updateFunction } from '../../src/deploy/deploy-function.ts';
import { deleteFunction } from '../../src/deploy/delete-function.ts';
import type { Step } from '../../src/deploy/work.ts';
import { setup } from '../unit/deploy/setup.ts';
import type { Setup } from '../unit/deploy/setup.ts';

/** Runs `work` and aborts it when it tells of `at`. */
async function interrupt(at: Step, work: (options: object) => Promise<unknown>): Promise<unknown> {
  const controller = new AbortController();
  const onStep = ({ name, phase }: Step): void => {
    if (name === at.name && phase === at.phase) controller.abort(new Error('Ctrl-C'));
  };
  return work({ onStep, signal: controller.signal }).then(
    () => 'ended well',
    (error: unknown) => error,
  );
}

const moments = (names: readonly Step['name'][]): Step[] =>
  names.flatMap((name) => [
    { name, phase: 'start' },
    { name, phase: 'end', durationMs: 0 },
  ]);

function state(s: Setup): object {
  const { configuration, tags } = s.aws.lambda.functions.get('helpers') ?? {};
  return {
    configuration: { ...configuration, LastModified: undefined },
    tags,
    roles: [...s.aws.iam.roles].map(([name, role]) => [name, [...role.tags], [...role.policies]]),
    groups: [...s.aws.logs.groups],
  };
}

/** What a creation that nobody interrupts leaves. */
const undisturbed = (async () => {
  await using s = await setup();
  await createFunction(s.target, s.request({ memoryMb: 256 }), s.options);
  return state(s);
})();

const CREATING = moments(['find', 'bundle', 'zip', 'log group', 'role', 'create', 'wait', 'probe', 'finish']);

describe.each([{ again: createFunction }, { again: ensureFunction }])('a creation that is interrupted', ({ again }) => {
  test.each(CREATING)(`at the $phase of $name is completed by ${again.name}`, async (at) => {
    await using s = await setup();
    s.aws.lambda.busyReads = 1;
    const end = await interrupt(at, (options) =>
      createFunction(s.target, s.request({ memoryMb: 256 }), { ...s.options, ...options }),
    );
    expect(end).toEqual(new Error('Ctrl-C'));
    // Only after the very end it is no longer to be taken up.
    const isOver = at.name === 'finish' && at.phase === 'end';
    const next = isOver ? ensureFunction : again;
    await next(s.target, s.request({ memoryMb: 256 }), s.options);
    expect(state(s)).toEqual(await undisturbed);
  });
});

const CHANGING = moments([
  'find',
  'bundle',
  'zip',
  'log group',
  'role',
  'update code',
  'wait',
  'update configuration',
  'update tags',
  'probe',
]);

test.each(CHANGING)('a change that is interrupted at the $phase of $name is completed by the next', async (at) => {
  await using s = await setup();
  await createFunction(s.target, s.request(), s.options);
  await s.root.write('math.ts', 'export const add = () => 1;\n');
  s.aws.lambda.busyReads = 1;
  const settings = { memoryMb: 512, tags: { team: 'red' } };
  const end = await interrupt(at, (options) =>
    updateFunction(s.target, s.request(settings), { ...s.options, ...options }),
  );
  expect(end).toEqual(new Error('Ctrl-C'));
  const deployed = await updateFunction(s.target, s.request(settings), s.options);
  expect(deployed.memoryMb).toBe(512);
  const made = s.aws.lambda.functions.get('helpers');
  expect(made?.configuration).toMatchObject({ MemorySize: 512, CodeSha256: deployed.hash });
  expect(made?.tags).toEqual({ creator: 'lambdapool', function_name: 'helpers', team: 'red' });
  s.aws.forget();
  expect((await updateFunction(s.target, s.request(settings), s.options)).changed).toEqual([]);
  expect(s.aws.writes).toEqual([]);
});

const DELETING = moments(['find', 'delete function', 'delete role', 'delete log group']);

test.each(DELETING)('a deletion that is interrupted at the $phase of $name is completed by the next', async (at) => {
  await using s = await setup();
  await createFunction(s.target, s.request(), s.options);
  const end = await interrupt(at, (options) => deleteFunction(s.target, 'helpers', { ...s.options, ...options }));
  expect(end).toEqual(new Error('Ctrl-C'));
  await deleteFunction(s.target, 'helpers', s.options).catch((error: unknown) => {
    // The interruption came after all was gone.
    expect(error).toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
    expect(at).toMatchObject({ name: 'delete log group', phase: 'end' });
  });
  expect(s.aws.lambda.functions.size + s.aws.iam.roles.size + s.aws.logs.groups.size).toBe(0);
});

test('an interruption during a request rejects with its reason and cleans nothing up', async () => {
  await using s = await setup();
  const controller = new AbortController();
  const answer = s.aws.lambda.answer.bind(s.aws.lambda);
  s.aws.lambda.answer = (operation, request) => {
    if (operation === 'CreateFunction') controller.abort(new Error('Ctrl-C'));
    return answer(operation, request);
  };
  const end = createFunction(s.target, s.request(), { ...s.options, signal: controller.signal });
  await expect(end).rejects.toEqual(new Error('Ctrl-C'));
  expect(s.aws.iam.roles.size).toBe(1);
  expect(s.steps.map(({ name }) => name)).not.toContain('clean up');
});
