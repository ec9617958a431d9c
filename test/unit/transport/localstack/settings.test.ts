import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { checkFunctionName } from '../../../../src/deploy/settings.ts';
import { wantedFunction } from '../../../../src/transport/localstack/settings.ts';

const ROOT = path.resolve('/projects/Größe & Co/tasks');

test('options override the configuration, and variables add up', () => {
  const config = {
    tasksRoot: '/elsewhere',
    memoryMb: 512,
    timeoutMs: 5_000,
    env: { A: '1', B: '1' },
    assets: ['*.csv'],
  };
  const { tasks, settings } = wantedFunction({ tasksRoot: ROOT, memoryMb: 256, env: { B: '2' } }, config);
  expect(tasks).toEqual({ tasksRoot: ROOT, assets: ['*.csv'] });
  expect(settings).toMatchObject({ memoryMb: 256, timeoutMs: 5_000, env: { A: '1', B: '2' } });
});

test('what nobody says is as in the emulator', () => {
  const { tasks, settings } = wantedFunction({}, {});
  expect(tasks).toEqual({ tasksRoot: path.resolve('tasks'), assets: [] });
  expect(settings).toMatchObject({ memoryMb: 1_769, timeoutMs: 60_000, env: {} });
});

test('what only AWS has is not asked for, and what a layer would bring is bundled', () => {
  const { tasks, settings } = wantedFunction(
    {},
    {
      layers: ['arn:aws:lambda:x'],
      external: ['sharp'],
      roleArn: 'arn:aws:iam::1:role/r',
      subnetIds: ['s'],
      tags: { t: '1' },
    },
  );
  expect(Object.keys({ ...settings, ...tasks })).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/layers|external|roleArn|subnetIds|tags/)]),
  );
});

test('the name of the configuration is that of its tasks only', () => {
  const config = { functionName: 'math-helpers', tasksRoot: ROOT };
  expect(wantedFunction({}, config).functionName).toBe('math-helpers');
  expect(wantedFunction({ tasksRoot: pathToFileURL(ROOT) }, config).functionName).toBe('math-helpers');
  expect(wantedFunction({ tasksRoot: '/elsewhere/tasks' }, config).functionName).toMatch(/^lambdapool-elsewhere-/);
  expect(wantedFunction({ functionName: 'own', tasksRoot: '/elsewhere/tasks' }, config).functionName).toBe('own');
});

test('a name that is made up is one that Lambda takes, the same each time, and another for anything that differs', () => {
  const nameOf = (options: Parameters<typeof wantedFunction>[0]): string => wantedFunction(options, {}).functionName;
  const name = nameOf({ tasksRoot: ROOT });
  expect(checkFunctionName(name)).toBe(name);
  expect(name).toMatch(/^lambdapool-Gr-e-Co-[\da-f]{10}$/);
  expect(nameOf({ tasksRoot: pathToFileURL(`${ROOT}/`) })).toBe(name);
  expect(nameOf({ tasksRoot: ROOT, env: {} })).toBe(name);
  const others = [
    { tasksRoot: path.resolve('/projects/other/tasks') },
    { tasksRoot: ROOT, memoryMb: 128 },
    { tasksRoot: ROOT, timeoutMs: 1_000 },
    { tasksRoot: ROOT, env: { A: '1' } },
    { tasksRoot: ROOT, env: { A: '2' } },
    { tasksRoot: ROOT, runtime: 'nodejs22.x' },
  ];
  expect(new Set([name, ...others.map(nameOf)]).size).toBe(others.length + 1);
  expect(nameOf({ tasksRoot: ROOT, env: { A: '1', B: '2' } })).toBe(
    nameOf({ tasksRoot: ROOT, env: { B: '2', A: '1' } }),
  );
  expect(nameOf({ tasksRoot: `/${'long'.repeat(50)}/tasks` }).length).toBeLessThanOrEqual(64);
});
