/** Whoever starts a LocalStack leaves no container behind, however it ends. */
import { expect, test } from 'vitest';
import { startLocalStack } from '../../localstack/container.ts';
import { runProgram } from '../process/run-program.ts';
import { containersWithLabel, inspectContainer } from '../support/containers.ts';
import { eventually } from '../support/eventually.ts';
import { describeOnLocalStack } from '../support/localstack.ts';
import { runOneFunction } from '../support/localstack-function.ts';

describeOnLocalStack('a LocalStack that is started', () => {
  test('is gone 20 seconds after its process was killed, and so are the containers of its functions', async () => {
    await using program = runProgram('with-localstack');
    const { session } = await program.nextJson<{ session: string }>();
    const ofSession = (): Promise<string[]> => containersWithLabel(session);
    // LocalStack, the container of its function, and the reaper.
    expect(await ofSession()).toHaveLength(3);
    process.kill(program.pid, 'SIGKILL');
    expect(await program.ended()).toBe('SIGKILL');
    await eventually(async () => expect(await ofSession()).toEqual([]), 20_000);
  });

  test('takes the containers of its functions with it when it is stopped, and answers on this machine only', async () => {
    const localstack = await startLocalStack();
    await runOneFunction(localstack.endpoint, 'stopped');
    const names = await containersWithLabel(localstack.label);
    expect(names).toHaveLength(2);
    for (const name of names) {
      expect(await inspectContainer(name, '{{json .NetworkSettings.Ports}}')).not.toMatch(/"(0\.0\.0\.0|::)"/);
    }
    await localstack.stop();
    expect(await containersWithLabel(localstack.label)).toEqual([]);
    await localstack.stop();
  });
});
