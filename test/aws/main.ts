/**
 * `npm run test:aws`: runs the contract on AWS Lambda, with the credentials and the region of the environment, then deletes
 * what it has made, also after failures and Ctrl-C, and prints what it cost. Arguments go to vitest: `-- -t calls`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { listFunctions } from '../../src/deploy/list-functions.ts';
import { openTarget } from '../../src/deploy/target/target.ts';
import type { Target } from '../../src/deploy/target/target.ts';
import { sleep } from '../../src/shared/abort.ts';
import { AwsRun, FOLDER_VARIABLE } from './run.ts';
import { tidy } from './tidy.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const VITEST = path.join(PROJECT, 'node_modules/vitest/vitest.mjs');
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** As shells say it: 128 and the number of SIGINT. */
const INTERRUPTED = 130;
/** Longer than a service takes to act on a request that it has. */
const ON_ITS_WAY_MS = 3_000;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Exit code of vitest; it is waited for also when this process is told to end. */
function runTests(folder: string): Promise<number> {
  const args = [VITEST, 'run', '--config', path.join(PROJECT, 'test/vitest.config.ts'), '--project', 'aws'];
  const tests = spawn(process.execPath, [...args, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, [FOLDER_VARIABLE]: folder },
  });
  let interruptions = 0;
  const interrupt = (): void => {
    interruptions += 1;
    if (interruptions === 1) say('\nEnding the tests, then deleting what they have made. It takes a few seconds.');
    tests.kill(interruptions === 1 ? 'SIGTERM' : 'SIGKILL');
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  return new Promise((resolve) => {
    tests.on('error', (error) => {
      say(error.message);
      resolve(1);
    });
    tests.on('exit', (code) => resolve(interruptions > 0 ? INTERRUPTED : (code ?? 1)));
  });
}

/** @param isInterrupted What was on its way when the tests ended may have come into being since. */
async function tidyUp(run: AwsRun, target: Target, isInterrupted: boolean): Promise<boolean> {
  const first = await tidy(run, target);
  if (isInterrupted) await sleep(ON_ITS_WAY_MS);
  const second = isInterrupted ? await tidy(run, target) : { deleted: [], left: first.left };
  const deleted = [...first.deleted, ...second.deleted];
  const { left } = second;
  say(`\nDeleted: ${deleted.length === 0 ? 'nothing was there' : deleted.join(', ')}.`);
  if (left.length > 0) say(`Left, and to be deleted by hand: everything named ${run.prefix}*.\n  ${left.join('\n  ')}`);
  const { requests, gbSeconds, usd } = run.cost();
  const where = run.endpoint === undefined ? '' : ` (had it been AWS: it ran at ${run.endpoint})`;
  say(`Cost: ${requests} requests, ${gbSeconds.toFixed(2)} GB-seconds, ${usd.toFixed(6)} USD${where}.`);
  return left.length === 0;
}

async function main(): Promise<number> {
  await using target = await openTarget();
  // The cheapest question that needs working credentials: fails before anything is made.
  await listFunctions(target);
  const folder = mkdtempSync(path.join(tmpdir(), 'lambdapool-test-'));
  const run = new AwsRun(folder);
  say(`Functions of this run, in ${target.region}: ${run.prefix}-*`);
  const code = await runTests(folder);
  const isTidy = await tidyUp(run, target, code === INTERRUPTED);
  rmSync(folder, { recursive: true });
  return isTidy ? code : code || 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
