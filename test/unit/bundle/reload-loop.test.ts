import { describe, expect, it } from 'vitest';
import { ReloadLoop } from '../../../src/bundle/reload-loop.ts';
import type { Clock } from '../../../src/shared/clock.ts';

/** Time that passes only when told to. */
class ManualClock implements Clock {
  #now = 0;
  #timers: { readonly at: number; readonly fn: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, fn: () => void): Disposable {
    const timer = { at: this.#now + ms, fn };
    this.#timers.push(timer);
    return { [Symbol.dispose]: () => void (this.#timers = this.#timers.filter((each) => each !== timer)) };
  }

  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((each) => each !== due);
      this.#now = due.at;
      due.fn();
      await settle();
    }
    this.#now = end;
    await settle();
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
}

class Bench implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly builds: { readonly at: number; readonly files: readonly string[]; finish(): Promise<void> }[] = [];
  readonly published: { readonly at: number; readonly build: number }[] = [];
  readonly halfSaved = new Set<string>();
  stale = false;
  /** Builds end at once unless a test holds them. */
  held = false;
  readonly loop = new ReloadLoop<number>({
    clock: this.clock,
    build: (files) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const finish = async (): Promise<void> => {
        resolve();
        await settle();
      };
      const build = this.builds.push({ at: this.clock.now(), files, finish });
      if (!this.held) resolve();
      return promise.then(() => build);
    },
    publish: async (build) => void this.published.push({ at: this.clock.now(), build }),
    isHalfSaved: (file) => this.halfSaved.has(file),
    isStale: () => this.stale,
  });

  async [Symbol.asyncDispose](): Promise<void> {
    for (const build of this.builds) await build.finish();
    await this.loop[Symbol.asyncDispose]();
  }
}

describe('when to build', () => {
  it('builds and publishes once after 10 ms of quiet', async () => {
    await using bench = new Bench();
    bench.loop.touch('a.ts');
    await bench.clock.pass(9);
    expect(bench.builds).toEqual([]);
    await bench.clock.pass(1);
    expect(bench.published).toEqual([{ at: 10, build: 1 }]);
    await bench.clock.pass(1000);
    expect(bench.builds).toHaveLength(1);
  });

  it('makes one build of a burst, with all its files', async () => {
    await using bench = new Bench();
    for (const file of ['a.ts', 'b.ts', 'a.ts', 'c.ts']) {
      bench.loop.touch(file);
      await bench.clock.pass(8);
    }
    await bench.clock.pass(100);
    expect(bench.builds).toMatchObject([{ at: 34, files: ['a.ts', 'b.ts', 'c.ts'] }]);
  });

  it('waits no longer than 150 ms for quiet', async () => {
    await using bench = new Bench();
    for (let i = 0; i < 45; i += 1) {
      bench.loop.touch('a.ts');
      await bench.clock.pass(7);
    }
    expect(bench.builds.map(({ at }) => at)).toEqual([150, 304]);
    expect(bench.published).toHaveLength(2);
  });

  it('gives an emptied file 100 ms to be written', async () => {
    await using bench = new Bench();
    bench.halfSaved.add('a.ts');
    bench.loop.touch('a.ts');
    await bench.clock.pass(60);
    expect(bench.builds).toEqual([]);
    bench.halfSaved.clear();
    bench.loop.touch('a.ts');
    await bench.clock.pass(10);
    expect(bench.published).toEqual([{ at: 70, build: 1 }]);
  });

  it('believes an emptied file after 110 ms, also when other files change', async () => {
    await using bench = new Bench();
    bench.halfSaved.add('a.ts');
    bench.loop.touch('a.ts');
    await bench.clock.pass(50);
    bench.loop.touch('b.ts');
    await bench.clock.pass(59);
    expect(bench.builds).toEqual([]);
    await bench.clock.pass(1);
    expect(bench.published).toEqual([{ at: 110, build: 1 }]);
  });
});

describe('changes during a build', () => {
  it('make its outcome stale: the next build is published instead, and names the files of both', async () => {
    await using bench = new Bench();
    bench.held = true;
    bench.loop.touch('a.ts');
    await bench.clock.pass(10);
    bench.loop.touch('b.ts');
    await bench.builds[0]?.finish();
    expect(bench.published).toEqual([]);
    await bench.clock.pass(10);
    await bench.builds[1]?.finish();
    expect(bench.published).toEqual([{ at: 20, build: 2 }]);
    expect(bench.builds[1]?.files).toEqual(['a.ts', 'b.ts']);
  });

  it('never start a second build beside the first', async () => {
    await using bench = new Bench();
    bench.held = true;
    bench.loop.touch();
    await bench.clock.pass(10);
    bench.loop.touch();
    await bench.clock.pass(500);
    expect(bench.builds).toHaveLength(1);
    await bench.builds[0]?.finish();
    expect(bench.builds).toHaveLength(2);
    await bench.builds[1]?.finish();
    expect(bench.published).toEqual([{ at: 510, build: 2 }]);
  });

  it('do not hold back for ever: of endless changes every fourth build is published', async () => {
    await using bench = new Bench();
    bench.held = true;
    bench.loop.touch('a.ts');
    for (let i = 0; i < 8; i += 1) {
      await bench.clock.pass(10);
      bench.loop.touch('a.ts');
      await bench.builds[i]?.finish();
    }
    expect(bench.published.map(({ build }) => build)).toEqual([4, 8]);
  });

  it('count before they are told, when a file shows them', async () => {
    await using bench = new Bench();
    bench.stale = true;
    bench.loop.touch('a.ts');
    await bench.clock.pass(10);
    expect([bench.builds.length, bench.published.length]).toEqual([1, 0]);
    bench.stale = false;
    await bench.clock.pass(10);
    expect(bench.published).toEqual([{ at: 20, build: 2 }]);
  });

  it('that a file shows for ever do not make it build for ever', async () => {
    await using bench = new Bench();
    bench.stale = true;
    bench.loop.touch('a.ts');
    await bench.clock.pass(10_000);
    expect(bench.published).toEqual([{ at: 40, build: 4 }]);
    expect(bench.builds).toHaveLength(4);
  });

  it('are not awaited by its end: disposing waits for the build and publishes nothing more', async () => {
    const bench = new Bench();
    bench.held = true;
    bench.loop.touch();
    await bench.clock.pass(10);
    bench.loop.touch();
    const closed = bench.loop[Symbol.asyncDispose]();
    let isClosed = false;
    void closed.then(() => (isClosed = true));
    await settle();
    expect(isClosed).toBe(false);
    await bench.builds[0]?.finish();
    await closed;
    await bench.clock.pass(1000);
    bench.loop.touch();
    await bench.clock.pass(1000);
    expect([bench.builds.length, bench.published.length]).toEqual([1, 0]);
  });
});
