import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Environment, type EnvironmentOwner, type InitFailure } from '../../../emulator/environments/environment.ts';
import { Generation } from '../../../emulator/functions/generation.ts';
import type { Ending } from '../../../emulator/invocations/report.ts';
import { Run } from '../../../emulator/invocations/run.ts';
import type { CodeLocation, SandboxInvocation } from '../../../emulator/sandbox/messages.ts';
import type { Sandbox, SandboxListener } from '../../../emulator/sandbox/sandbox.ts';

class FakeSandbox implements Sandbox {
  readonly pid = 4711;
  readonly loads: CodeLocation[] = [];
  readonly jobs: SandboxInvocation[] = [];
  kills = 0;
  listener: SandboxListener | undefined;

  listen(listener: SandboxListener): void {
    this.listener = listener;
  }
  load(code: CodeLocation): void {
    this.loads.push(code);
  }
  invoke(job: SandboxInvocation): void {
    this.jobs.push(job);
  }
  kill(): void {
    this.kills += 1;
  }
  answer(payload: string, more: { errorType?: string; last?: boolean; memoryMb?: number } = {}): void {
    this.listener?.answered({
      payload,
      errorType: more.errorType,
      last: more.last ?? false,
      memoryMb: more.memoryMb ?? 40,
    });
  }
  exit(reason?: string): void {
    this.listener?.exited({ reason, outOfMemory: false });
  }
}

class FakeOwner implements EnvironmentOwner {
  ready = 0;
  readonly endings: Ending[] = [];
  readonly deaths: (InitFailure | undefined)[] = [];
  onReady = (): void => {};

  environmentReady(): void {
    this.ready += 1;
    this.onReady();
  }
  runEnded(_environment: Environment, _run: Run, ending: Ending): void {
    this.endings.push(ending);
  }
  environmentDied(_environment: Environment, failure: InitFailure | undefined): void {
    this.deaths.push(failure);
  }
}

const ID = '6f1ed002-ab5d-4a1b-8a3d-0123456789ab';

function newRun(): Run {
  const request = {
    requestId: ID,
    functionArn: 'arn',
    payload: '{}',
    traceId: '',
    clientContext: '',
    wantsLogTail: false,
    signal: undefined,
  };
  return new Run(request, { resolve: () => {}, reject: () => {}, inFlight: { enter: () => {}, leave: () => {} } });
}

function create(onDemand = true) {
  const sandbox = new FakeSandbox();
  const owner = new FakeOwner();
  let disposals = 0;
  const bundle = {
    directory: '/code',
    handler: 'index.handler',
    hash: 'h',
    [Symbol.asyncDispose]: async () => void (disposals += 1),
  };
  const settings = {
    functionName: 'f',
    version: '$LATEST',
    memoryMb: 128,
    timeoutMs: 1000,
    env: {},
    runtime: 'nodejs24.x',
  };
  const generation = new Generation(3, bundle, settings);
  const environment = new Environment(sandbox, owner, { generation, initTimeoutMs: 11_000, onDemand });
  return { sandbox, owner, generation, environment, disposals: () => disposals };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('an environment', () => {
  test('loads the code, then runs one invocation after the other', () => {
    const { sandbox, owner, environment } = create();
    expect(sandbox.loads).toEqual([{ directory: '/code', handler: 'index.handler' }]);
    expect(environment.usable).toBe(false);
    sandbox.listener?.loaded();
    expect(owner.ready).toBe(1);
    expect(environment.usable).toBe(true);
    environment.invoke(newRun());
    expect(environment.busy).toBe(true);
    expect(sandbox.jobs[0]).toMatchObject({ requestId: ID, deadlineMs: Date.now() + 1000, payload: '{}' });
    vi.advanceTimersByTime(250);
    sandbox.answer('42', { memoryMb: 77 });
    expect(environment.usable).toBe(true);
    expect(owner.endings).toEqual([
      {
        outcome: { payload: '42', errorType: undefined, status: 'success' },
        durationMs: 250,
        initMs: undefined,
        maxMemoryMb: 77,
        generation: 3,
      },
    ]);
  });

  test('tells the cost of its start to the one who waited for it, and to nobody else', () => {
    const { sandbox, owner, environment } = create();
    owner.onReady = () => environment.invoke(newRun());
    vi.advanceTimersByTime(120);
    sandbox.listener?.loaded();
    sandbox.answer('1');
    environment.invoke(newRun());
    sandbox.answer('2');
    expect(owner.endings.map((each) => each.initMs)).toEqual([120, undefined]);
  });

  test('refuses a second invocation while one runs', () => {
    const { sandbox, environment } = create();
    sandbox.listener?.loaded();
    environment.invoke(newRun());
    expect(() => environment.invoke(newRun())).toThrow(expect.objectContaining({ code: 'BUG' }));
  });

  test('is killed when time is up, counted from the start of each invocation; its exit ends the run', () => {
    const { sandbox, owner, environment } = create();
    sandbox.listener?.loaded();
    for (let index = 0; index < 3; index += 1) {
      environment.invoke(newRun());
      vi.advanceTimersByTime(900);
      sandbox.answer('1');
      vi.advanceTimersByTime(5000);
    }
    expect(sandbox.kills).toBe(0);
    environment.invoke(newRun());
    vi.advanceTimersByTime(1001);
    expect(sandbox.kills).toBe(1);
    // Too late: it has been judged.
    sandbox.answer('1');
    expect(owner.endings).toHaveLength(3);
    sandbox.exit('signal: killed');
    expect(owner.endings[3]).toMatchObject({
      outcome: { errorType: 'Sandbox.Timedout', status: 'timeout' },
      durationMs: 1000,
    });
    expect(owner.deaths).toEqual([undefined]);
    expect(environment.pid).toBe(undefined);
  });

  test('that takes too much memory ends as Lambda has it', () => {
    const { sandbox, owner, environment } = create();
    sandbox.listener?.loaded();
    environment.invoke(newRun());
    environment.killForMemory(300);
    sandbox.exit('signal: killed');
    expect(owner.endings[0]).toMatchObject({
      outcome: { errorType: 'Runtime.ExitError', reportedType: 'Runtime.OutOfMemory', outOfMemory: true },
      maxMemoryMb: 300,
    });
  });

  test('whose INIT takes too long is killed, and that is a timeout', () => {
    const { sandbox, owner } = create();
    vi.advanceTimersByTime(10_999);
    expect(sandbox.kills).toBe(0);
    vi.advanceTimersByTime(1);
    expect(sandbox.kills).toBe(1);
    sandbox.exit('signal: killed');
    const failure = owner.deaths[0];
    expect(failure?.initMs).toBe(11_000);
    expect(failure?.outcomeFor(ID)).toMatchObject({ errorType: 'Sandbox.Timedout', status: 'timeout' });
  });

  test('that cannot load its code says why, in the words of the code', () => {
    const { sandbox, owner } = create();
    sandbox.listener?.output('before\n');
    sandbox.listener?.loadFailed('Runtime.ImportModuleError', '{"errorType":"x"}');
    expect(sandbox.kills).toBe(1);
    sandbox.exit('signal: killed');
    expect(owner.deaths[0]).toMatchObject({ initLog: 'before\n' });
    expect(owner.deaths[0]?.outcomeFor(ID)).toMatchObject({
      errorType: 'Runtime.ImportModuleError',
      payload: '{"errorType":"x"}',
      reportedType: 'Runtime.ImportModuleError',
    });
    expect(owner.ready).toBe(0);
  });

  test('keeps what it writes between invocations for the log of the next', () => {
    const { sandbox, environment } = create();
    sandbox.listener?.output('init\n');
    sandbox.listener?.loaded();
    const [first, second] = [newRun(), newRun()];
    environment.invoke(first);
    sandbox.listener?.output('one\n');
    sandbox.answer('1');
    sandbox.listener?.output('late\n');
    environment.invoke(second);
    sandbox.listener?.output('two\n');
    expect([first.initLog, first.log, second.initLog, second.log]).toEqual(['init\n', 'one\n', 'late\n', 'two\n']);
  });

  test('that is retired ends its invocation first, and its code goes with it', async () => {
    const { sandbox, owner, environment, generation, disposals } = create();
    sandbox.listener?.loaded();
    environment.invoke(newRun());
    environment.retire();
    generation.retire();
    expect(sandbox.kills).toBe(0);
    sandbox.answer('1');
    expect(owner.endings[0]).toMatchObject({ outcome: { status: 'success' } });
    expect(environment.usable).toBe(false);
    expect(sandbox.kills).toBe(1);
    expect(disposals()).toBe(0);
    sandbox.exit('signal: killed');
    await generation.disposed;
    expect(disposals()).toBe(1);
    expect(owner.endings).toHaveLength(1);
  });

  test('that says its last words takes no more', () => {
    const { sandbox, owner, environment } = create();
    sandbox.listener?.loaded();
    environment.invoke(newRun());
    sandbox.answer('{}', { errorType: 'Runtime.UnhandledPromiseRejection', last: true });
    expect(owner.endings).toHaveLength(1);
    expect(environment.usable).toBe(false);
  });
});
