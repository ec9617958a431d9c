/** A fake AWS, a target at it and a tasks root, for one test. */
import { Scope } from '../../../src/shared/scope.ts';
import { openTarget } from '../../../src/deploy/target/target.ts';
import type { Target } from '../../../src/deploy/target/target.ts';
import type { DeployRequest } from '../../../src/deploy/deploy-function.ts';
import type { FunctionSettings } from '../../../src/deploy/settings.ts';
import type { Step, Timing } from '../../../src/deploy/work.ts';
import { tasksRoot } from '../../support/tasks-root.ts';
import type { TasksRoot } from '../../support/tasks-root.ts';
import { FakeAws } from './fake-aws/fake-aws.ts';

export const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Time that passes only when it is slept away. */
class FakeTiming implements Timing {
  #now = 0;
  readonly slept: number[] = [];

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.#now += ms;
    this.slept.push(ms);
    return Promise.resolve();
  }
}

export interface Setup extends AsyncDisposable {
  readonly aws: FakeAws;
  readonly target: Target;
  readonly root: TasksRoot;
  readonly timing: FakeTiming;
  readonly steps: Step[];
  /** For every call: no real waiting, and steps are noted. */
  readonly options: { readonly timing: Timing; readonly onStep: (step: Step) => void };
  request(settings?: FunctionSettings): DeployRequest;
}

export async function setup(): Promise<Setup> {
  const scope = new Scope();
  const aws = scope.use(await FakeAws.start());
  const root = scope.use(await tasksRoot({ 'math.ts': 'export const add = (a: number, b: number) => a + b;\n' }));
  const target = scope.use(
    await openTarget({ endpoint: aws.url, region: 'eu-central-1', credentials: CREDENTIALS }, {}),
  );
  const timing = new FakeTiming();
  const steps: Step[] = [];
  return {
    aws,
    target,
    root,
    timing,
    steps,
    options: { timing, onStep: (step) => void steps.push(step) },
    request: (settings) => ({ functionName: 'helpers', tasks: { tasksRoot: root.directory }, settings }),
    [Symbol.asyncDispose]: () => scope.close(),
  };
}

/** What a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It did not reject.');
}
