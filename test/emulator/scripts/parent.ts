/** A program that uses an emulator and ends in one of several ways: `parent.ts <isolation> <ending>`. */
import { Emulator } from '../../../emulator/index.ts';
import { TestCode } from '../test-code.ts';

const [isolation, ending] = process.argv.slice(2);

const emulator = new Emulator({ isolation: isolation === 'thread' ? 'thread' : 'process', concurrency: 2 });
emulator.register({
  timeoutMs: 60_000,
  code: new TestCode(`export const handler = async (event) => { if (event === 'loop') for (;;); return event; };`),
});
await emulator.ready();
const invoke = (event: unknown) => emulator.invoke({ functionName: 'lambdapool', payload: JSON.stringify(event) });
await invoke('first');

if (ending === 'loops') {
  // Two at a time, so that both environments are busy.
  void Promise.allSettled([invoke('loop'), invoke('loop')]);
  while (emulator.stats().busy < 2) await new Promise((resolve) => setTimeout(resolve, 10));
}
if (ending === 'closes') await emulator.close();
process.stdout.write(`${JSON.stringify(emulator.stats().pids)}\n`);
if (ending === 'throws') throw new Error('thrown by the script');
