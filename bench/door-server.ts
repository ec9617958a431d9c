/** The emulator behind its HTTP door, without the reports that `lambdapool dev` prints. Started by http.ts. */
import type * as EmulatorModule from '../emulator/index.ts';
import type * as TasksModule from '../src/bundle/tasks-source.ts';

const dist = (path: string): string => new URL(`../dist/${path}`, import.meta.url).href;
const { Emulator, startServer }: typeof EmulatorModule = await import(dist('emulator/index.js'));
const { tasksSource }: typeof TasksModule = await import(dist('src/bundle/tasks-source.js'));

const [tasksRoot = '', isolation = 'process', concurrency = '2'] = process.argv.slice(2);
const emulator = new Emulator({
  isolation: isolation === 'thread' ? 'thread' : 'process',
  concurrency: Number(concurrency),
});
emulator.register({ functionName: 'lambdapool', code: tasksSource({ tasksRoot }) });
const server = await startServer({ emulator, port: 0 });
await emulator.ready('lambdapool');
console.log(server.url);

process.once('SIGINT', () => {
  void server[Symbol.asyncDispose]().then(() => emulator.terminate());
});
