/** Pools that know their tasks, while those are saved anew. */
import { expect, test } from 'vitest';
import { LambdaPool, emulatorTransport, isLambdaPoolError } from '../../src/index.ts';
import { tasksSource } from '../../src/bundle/tasks-source.ts';
import { eventually } from '../support/eventually.ts';
import { tasksRoot } from '../support/tasks-root.ts';
import type { TasksRoot } from '../support/tasks-root.ts';

const version = (n: number): string => `
  export function version(): number { return ${n}; }
  export function other(): string { return 'other'; }
`;

const FILES = { 'numbers.ts': version(1) };

const transportTo = ({ directory }: TasksRoot) =>
  emulatorTransport({ tasksRoot: directory, isolation: 'thread', concurrency: 2, watch: true });

test('no call of a pool with the modules fails while a module is saved anew, also without a task that is not called', async () => {
  await using root = await tasksRoot(FILES);
  const tasks = { numbers: { version: (): number => 0, other: (): string => '' } };
  await using pool = new LambdaPool({ workers: 2, transport: transportTo(root), tasks });
  expect(await pool.apply('numbers.version')).toBe(1);
  await root.write('numbers.ts', 'export function version(): number { return 2; }\n');
  await eventually(async () => expect(await pool.apply('numbers.version')).toBe(2), 20_000);
  await expect(pool.apply('numbers.other')).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
});

test('a pool with a manifest goes on when other tasks are saved anew, and stops when its own are', async () => {
  await using root = await tasksRoot({ ...FILES, 'texts.ts': "export const text = (): string => 'one';\n" });
  const manifest = await manifestOf(root);
  await using pool = new LambdaPool({ workers: 2, transport: transportTo(root), manifest: onlyNumbers(manifest) });
  expect(await pool.apply('numbers.version')).toBe(1);
  await root.write('texts.ts', "export const text = (): string => 'two';\n");
  await eventually(async () => expect(await pool.apply('texts.text')).toBe('two'), 20_000);
  expect(await pool.apply('numbers.version')).toBe(1);
  await root.write('numbers.ts', version(2));
  const refused = await eventually(async () => {
    const error: unknown = await pool.apply('texts.text').catch((reason: unknown) => reason);
    expect(isLambdaPoolError(error)).toBe(true);
    return error;
  }, 20_000);
  expect(refused).toMatchObject({ code: 'TASKS_DIFFER', details: { code: ['numbers.other', 'numbers.version'] } });
  await root.write('numbers.ts', version(1));
  await eventually(async () => expect(await pool.apply('numbers.version')).toBe(1), 20_000);
});

type Manifest = Awaited<ReturnType<typeof manifestOf>>;

async function manifestOf({ directory }: TasksRoot) {
  await using source = tasksSource({ tasksRoot: directory, watch: false });
  return await source.manifest();
}

function onlyNumbers(manifest: Manifest): Manifest {
  const tasks = Object.entries(manifest.tasks).filter(([name]) => name.startsWith('numbers.'));
  return { ...manifest, tasks: Object.fromEntries(tasks) };
}
