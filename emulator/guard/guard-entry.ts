/**
 * A process that outlives the emulator for a moment: it is told which processes live, as lines `+pid` and `-pid`, and
 * which folders are temporary, as lines `*folder`. When its standard input ends, which the kernel sees to however the
 * emulator died, it kills the processes that are left and removes the folders.
 */
import { rmSync } from 'node:fs';
import { killTree } from './kill-tree.ts';

const pids = new Set<number>();
const folders = new Set<string>();
let rest = '';

// Ctrl-C and a closed terminal reach the emulator; what becomes of the environments is for it to say.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

process.stdin.setEncoding('utf8');
process.stdin.on('data', (text: string) => {
  const lines = (rest + text).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) {
    if (line.startsWith('*')) folders.add(decodeURIComponent(line.slice(1)));
    else if (line.startsWith('+')) pids.add(Number(line.slice(1)));
    else pids.delete(Number(line.slice(1)));
  }
});
process.stdin.on('error', cleanUp);
process.stdin.on('end', cleanUp);

function cleanUp(): void {
  for (const pid of pids) killTree(pid);
  pids.clear();
  // A process that has been killed may take a moment to let go of its files.
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  folders.clear();
}
