/** How long things take to start: the development server, and importing the package. */
import { fileURLToPath } from 'node:url';
import { CLI, floorMs, runMs, startServing } from './children.ts';
import { compare, type Effort, type Result } from './harness.ts';

const TASKS = fileURLToPath(new URL('../fixtures/tasks', import.meta.url));
const FLOOR = { name: 'node -e 0', measure: floorMs };

async function devReadyMs(): Promise<number> {
  await using server = await startServing([CLI, 'dev', TASKS, '--port', '0', '--json']);
  return server.readyMs;
}

/** From the command to the line that says where it listens. */
export function benchDevStart({ rounds }: Effort): Promise<Result> {
  return compare({
    title: 'Start of `lambdapool dev` on fixtures/tasks, to the ready line',
    unit: 'ms',
    rounds: rounds * 2,
    baseline: FLOOR.name,
    targets: { 'lambdapool dev': { max: 10 } },
    contestants: [{ name: 'lambdapool dev', measure: devReadyMs }, FLOOR],
  });
}

/** What a program pays for the import alone. */
export function benchImport({ rounds }: Effort): Promise<Result> {
  const importing = (specifier: string): { name: string; measure: () => Promise<number> } => ({
    name: `import '${specifier}'`,
    measure: () => runMs(['--input-type=module', '-e', `await import('${specifier}')`]),
  });
  return compare({
    title: 'Importing the package',
    unit: 'ms',
    rounds: rounds * 2,
    baseline: FLOOR.name,
    contestants: [
      importing('lambdapool'),
      importing('lambdapool/agent'),
      importing('lambdapool/emulator'),
      importing('piscina'),
      FLOOR,
    ],
  });
}
