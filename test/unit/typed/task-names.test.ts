import { describe, expect, test } from 'vitest';
import * as math from '../../../fixtures/tasks/math.ts';
import * as faults from '../../../fixtures/tasks/faults.ts';
import * as clean from '../../../fixtures/tasks/pipeline/clean.ts';
import { isLambdaPoolError } from '../../../src/shared/errors.ts';
import type { LambdaPoolError } from '../../../src/shared/errors.ts';
import { anyTaskName, knownTaskNames } from '../../../src/typed/task-names.ts';

function refusal(use: () => unknown): LambdaPoolError {
  try {
    use();
  } catch (error) {
    if (isLambdaPoolError(error)) return error;
    throw error;
  }
  throw new Error('Nothing was refused.');
}

describe('a pool that was given its modules', () => {
  const names = knownTaskNames({ math, pipeline: { clean } });

  test('knows its tasks by name, those in folders too', () => {
    expect(names.resolve('math.fibonacci', 'map')).toBe('math.fibonacci');
    expect(names.resolve('pipeline.clean.lines', 'map')).toBe('pipeline.clean.lines');
  });

  test('knows its functions', () => {
    expect(names.resolve(math.fibonacci, 'map')).toBe('math.fibonacci');
    expect(names.resolve(math.power, 'map')).toBe('math.power');
    expect(names.resolve(clean.lines, 'map')).toBe('pipeline.clean.lines');
  });

  test('takes a folder by its dotted name', () => {
    expect(knownTaskNames({ 'pipeline.clean': clean }).resolve(clean.lines, 'map')).toBe('pipeline.clean.lines');
  });

  test('takes the first name of a function that has two', () => {
    const again = knownTaskNames({ b: { twice: math.square }, a: { square: math.square } });
    expect(again.resolve(math.square, 'map')).toBe('b.twice');
    expect(again.resolve('a.square', 'map')).toBe('a.square');
  });

  test('refuses an unknown name, and says which ones are near', () => {
    const error = refusal(() => names.resolve('math.fibonaci', 'map'));
    expect(error).toMatchObject({
      code: 'TASK_NOT_FOUND',
      details: { task: 'math.fibonaci', near: ['math.fibonacci'] },
    });
    expect(error.message).toContain('Did you mean math.fibonacci?');
    expect(error.message).toContain('Nothing was sent.');
  });

  test('says where to add the module of a name that is near to none', () => {
    const error = refusal(() => names.resolve('forecast.compute', 'map'));
    expect(error.message).toContain('There is no task "forecast.compute" among the 9 tasks');
    expect(error.message).toContain('add its module to the option `tasks`');
  });

  test.each(['toString', '__proto__', 'math', 'math.', 'constructor'])('does not take %j for a task', (name) => {
    expect(refusal(() => names.resolve(name, 'map'))).toMatchObject({ code: 'TASK_NOT_FOUND' });
  });

  test('refuses a function of no module by its name', () => {
    const error = refusal(() => names.resolve(function helper() {}, 'starmap'));
    expect(error).toMatchObject({ code: 'TASK_NOT_FOUND', details: { function: 'helper' } });
    expect(error.message).toMatch(/^starmap\(\) got the function `helper`, which is no export/);
    expect(refusal(() => names.resolve(() => 1, 'map')).message).toContain('a function without a name');
  });

  test.each([undefined, '', 1, null, {}])('refuses %j as a task', (task) => {
    expect(refusal(() => names.resolve(task, 'map'))).toMatchObject({
      code: 'OPTION_INVALID',
      details: { option: 'task' },
    });
  });

  test('does not count generators and names that are no identifiers, which are in no manifest', () => {
    const module = {
      run: () => 1,
      *rows() {
        yield 1;
      },
      async *pages() {
        yield 1;
      },
      'kebab-case': () => 1,
      später: () => 1,
    };
    expect(knownTaskNames({ module }).known).toEqual(['module.run', 'module.später']);
  });

  test('does not count classes, values and defaults among the tasks', () => {
    const module = { default: math.add, LIMIT: 3, helpers: { inner: math.gcd }, ...faults, run: math.isPrime };
    const some = knownTaskNames({ module });
    expect(some.resolve('module.run', 'map')).toBe('module.run');
    for (const name of ['module.default', 'module.LIMIT', 'module.helpers.inner', 'module.OrderError']) {
      expect(refusal(() => some.resolve(name, 'map'))).toMatchObject({ code: 'TASK_NOT_FOUND' });
    }
    expect(refusal(() => some.resolve(math.add, 'map'))).toMatchObject({ code: 'TASK_NOT_FOUND' });
  });
});

describe('the option `tasks`', () => {
  test.each([[[math]], 'math', 7, null, math.add])('is refused if it is %j', (tasks) => {
    expect(refusal(() => knownTaskNames(tasks))).toMatchObject({
      code: 'OPTION_INVALID',
      details: { option: 'tasks' },
    });
  });

  test.each([{}, { math: {} }, { math: { LIMIT: 3 } }])('is refused without a function: %j', (tasks) => {
    expect(refusal(() => knownTaskNames(tasks)).message).toMatch(/^The option `tasks` holds no function\./);
  });
});

describe('a pool that does not know its tasks', () => {
  test('takes every name', () => {
    expect(anyTaskName.resolve('whatever.it.is', 'map')).toBe('whatever.it.is');
  });

  test('refuses a function, and says how to make it known', () => {
    const error = refusal(() => anyTaskName.resolve(math.add, 'apply'));
    expect(error).toMatchObject({ code: 'OPTION_INVALID', details: { option: 'task', function: 'add' } });
    expect(error.message).toContain('new LambdaPool({ tasks: { math } })');
  });

  test.each([undefined, '', 1, null, {}])('refuses %j as a task', (task) => {
    const error = refusal(() => anyTaskName.resolve(task, 'apply'));
    expect(error).toMatchObject({ code: 'OPTION_INVALID', details: { option: 'task' } });
    expect(error.message).toContain("the name of a task for apply(), such as 'math.fibonacci'");
  });
});
