import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Guard } from '../../../emulator/guard/guard.ts';
import { neverThrowing } from '../../../emulator/sandbox/failed-sandbox.ts';
import { createProcessStarter } from '../../../emulator/sandbox/process-sandbox.ts';
import type { SandboxExit } from '../../../emulator/sandbox/sandbox.ts';
import { startThread } from '../../../emulator/sandbox/thread-sandbox.ts';

/** As when the system has no memory for another process: the start itself throws. */
const UNREADABLE: Readonly<Record<string, string>> = Object.defineProperty({}, 'NAME', {
  enumerable: true,
  get() {
    throw new Error('ENOMEM');
  },
});

test.each(['process', 'thread'] as const)('a %s that cannot be started tells that as its exit', async (kind) => {
  using guard = new Guard();
  const start = neverThrowing(kind === 'process' ? createProcessStarter(guard) : startThread);
  const sandbox = start({ memoryMb: 128, env: UNREADABLE });
  const { promise, resolve } = Promise.withResolvers<SandboxExit>();
  const ignore = (): void => {};
  sandbox.listen({ loaded: ignore, loadFailed: ignore, answered: ignore, output: ignore, exited: resolve });
  sandbox.load({ directory: '/', handler: 'index.handler' });
  sandbox.kill();
  expect(await promise).toEqual({ reason: 'could not start: ENOMEM', outOfMemory: false });
});

test.runIf(process.platform !== 'win32')(
  'a guard that cannot start for want of file descriptors is a warning; once there are some, it starts',
  () => {
    const script = `
      import { closeSync, openSync } from 'node:fs';
      import { Guard } from ${JSON.stringify(path.resolve(import.meta.dirname, '../../../emulator/guard/guard.ts'))};
      const open = [];
      try { for (;;) open.push(openSync('/dev/null')); } catch {}
      const guard = new Guard();
      process.once('warning', ({ message }) => {
        for (const each of open) closeSync(each);
        console.log(message);
        guard.watch(2 ** 30 + 1);
        setImmediate(() => setImmediate(() => console.log(typeof guard.pid)));
      });
      guard.watch(2 ** 30);
    `;
    const command = `ulimit -n 64 && exec "$0" --input-type=module --eval "$1"`;
    const printed = execFileSync('sh', ['-c', command, process.execPath, script], { encoding: 'utf8', timeout: 9000 });
    expect(printed).toMatch(/^The guard process could not be started: .*EMFILE\nnumber\n$/);
  },
);
