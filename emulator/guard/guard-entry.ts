/**
 * A process that outlives the emulator for a moment: it is told which processes live, as lines `+pid` and `-pid`, and
 * when its standard input ends, which the kernel sees to however the emulator died, it kills those that are left.
 */
import { killTree } from './kill-tree.ts';

const pids = new Set<number>();
let rest = '';

// Ctrl-C and a closed terminal reach the emulator; what becomes of the environments is for it to say.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

process.stdin.setEncoding('utf8');
process.stdin.on('data', (text: string) => {
  const lines = (rest + text).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) {
    const pid = Number(line.slice(1));
    if (line.startsWith('+')) pids.add(pid);
    else pids.delete(pid);
  }
});
process.stdin.on('error', killAll);
process.stdin.on('end', killAll);

function killAll(): void {
  for (const pid of pids) killTree(pid);
  pids.clear();
}
