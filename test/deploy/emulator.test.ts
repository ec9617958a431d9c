/** Deploying to the emulator, over HTTP. */
import { writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { Emulator } from '../../emulator/emulator.ts';
import { startServer } from '../../emulator/http/server.ts';
import { tasksSource } from '../../src/bundle/tasks-source.ts';
import { checkDeletable, deleteFunction } from '../../src/deploy/delete-function.ts';
import { createFunction, updateFunction } from '../../src/deploy/deploy-function.ts';
import { examine } from '../../src/deploy/doctor/doctor.ts';
import type { Check } from '../../src/deploy/doctor/doctor.ts';
import { functionLogs } from '../../src/deploy/function-logs.ts';
import { hostPlatform } from '../../src/deploy/package/target-platform.ts';
import { openTarget } from '../../src/deploy/target/target.ts';
import { Scope } from '../../src/shared/scope.ts';
import { tasksRoot } from '../support/tasks-root.ts';
import type { TasksRoot } from '../support/tasks-root.ts';
import { elf, machO, portableExecutable, type Cpu } from '../unit/deploy/package/binaries.ts';
import { describeInterruptions } from './interruption.ts';
import { describeLife } from './life.ts';
import { call, deploying } from './place.ts';
import type { Place } from './place.ts';

const emulator: Place & { readonly lambdaOnly: boolean } = {
  name: 'the emulator',
  lambdaOnly: true,
  async open() {
    const scope = new Scope();
    const core = scope.use(new Emulator({ concurrency: 2 }));
    const server = scope.use(await startServer({ emulator: core }));
    // Nothing is set up: neither region nor keys.
    const target = scope.use(await openTarget({ endpoint: server.url }, {}));
    return { target, [Symbol.asyncDispose]: () => scope.close() };
  },
};

/** An addon for this machine, and one for another system. */
function addons(cpu: Cpu): { readonly here: Buffer; readonly elsewhere: Buffer } {
  if (process.platform === 'darwin') return { here: machO(cpu), elsewhere: elf(cpu) };
  return { here: process.platform === 'win32' ? portableExecutable(cpu) : elf(cpu), elsewhere: machO(cpu) };
}

describeLife(emulator);
describeInterruptions(emulator);

describe('the emulator as a target', () => {
  test('is recognised by its answers, and needs neither region nor keys', async () => {
    await using opened = await emulator.open();
    expect(opened.target).toMatchObject({ isEmulator: true, lambdaOnly: true, region: 'us-east-1' });
  });

  test.skipIf(process.platform === 'win32')(
    'takes compiled code for this machine, whatever the architecture, and no other',
    async () => {
      await using d = await deploying(emulator);
      const request = d.request({ architecture: process.arch === 'arm64' ? 'x86_64' : 'arm64' });
      const { here, elsewhere } = addons(process.arch === 'arm64' ? 'arm64' : 'x64');
      await d.root.write('math.ts', `import answer from 'native'; export const add = (a: number) => a + answer;`);
      await d.root.write('../node_modules/native/package.json', '{}');
      await d.root.write('../node_modules/native/index.js', 'module.exports = 1;');
      const addon = d.root.path('../node_modules/native/native.node');
      await writeFile(addon, elsewhere);
      await expect(createFunction(d.target, request)).rejects.toThrow(
        `holds no binary for ${hostPlatform().name}, where the function runs`,
      );
      await writeFile(addon, here);
      await createFunction(d.target, request);
      expect(await call(d, 'math.add', [41])).toBe(42);
    },
  );

  describe('with a function that its own program serves from a folder', () => {
    async function serving(): Promise<Serving> {
      const scope = new Scope();
      const root = scope.use(await tasksRoot({ 'math.ts': 'export const add = (a: number, b: number) => a + b;' }));
      const core = scope.use(new Emulator({ concurrency: 2 }));
      core.register({ functionName: 'served', code: scope.use(tasksSource({ tasksRoot: root.directory })) });
      await core.ready('served');
      const { url: endpoint } = scope.use(await startServer({ emulator: core }));
      return { root, endpoint, [Symbol.asyncDispose]: () => scope.close() };
    }

    interface Serving extends AsyncDisposable {
      readonly root: TasksRoot;
      readonly endpoint: string;
    }

    function examined({ endpoint, root }: Serving): Promise<readonly Check[]> {
      return examine({
        readConfiguration: () => Promise.resolve({ status: 'ok', message: 'none' }),
        openTarget: () => openTarget({ endpoint }, {}),
        functionName: 'served',
        tasks: { tasksRoot: root.directory },
        signal: new AbortController().signal,
      });
    }

    test('the doctor says so and compares the tasks', async () => {
      await using s = await serving();
      const [tasks, found] = (await examined(s)).toReversed();
      expect(found).toMatchObject({
        name: 'function',
        status: 'ok',
        message: expect.stringMatching(
          /^served: Active, .*, served from a folder by the emulator's own program, such as `lambdapool dev`$/,
        ),
      });
      expect(tasks).toEqual({ name: 'tasks', status: 'ok', message: 'served holds what is here (1 task).' });
    });

    test.each(['create', 'update', 'delete'] as const)('%s says what to do instead', async (verb) => {
      await using s = await serving();
      await using target = await openTarget({ endpoint: s.endpoint }, {});
      const request = { functionName: 'served', tasks: { tasksRoot: s.root.directory } };
      const done = {
        create: () => createFunction(target, request),
        update: () => updateFunction(target, request),
        delete: () => deleteFunction(target, 'served'),
      };
      await expect(done[verb]()).rejects.toMatchObject({
        code: 'DEPLOY_FAILED',
        message:
          `The function served in ${s.endpoint} is served from a folder by the program that runs the emulator, such as ` +
          '`lambdapool dev`: it follows the files there, and ends with that program. Deploy under another name.',
      });
    });
  });

  test('asks nobody whether to delete what is not there, as nothing of it can be left', async () => {
    await using opened = await emulator.open();
    await expect(checkDeletable(opened.target, 'nothing')).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
  });

  test('says where its logs are', async () => {
    await using d = await deploying(emulator);
    await createFunction(d.target, d.request());
    const error = await functionLogs(d.target, d.functionName)
      .next()
      .catch((error: unknown) => error);
    expect(error).toMatchObject({ code: 'OPTION_INVALID' });
    expect(String(error)).toContain('`lambdapool dev`');
  });
});
