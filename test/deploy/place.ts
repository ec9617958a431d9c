/** A target that deploying is tested on, with a tasks root and a name that nobody else uses. */
import { randomBytes } from 'node:crypto';
import { deleteFunction } from '../../src/deploy/delete-function.ts';
import type { DeployRequest } from '../../src/deploy/deploy-function.ts';
import type { FunctionSettings } from '../../src/deploy/settings.ts';
import type { Target } from '../../src/deploy/target/target.ts';
import { Scope } from '../../src/shared/scope.ts';
import { tasksRoot } from '../support/tasks-root.ts';
import type { TasksRoot } from '../support/tasks-root.ts';

export interface Place {
  readonly name: string;
  /** Opens the target for one test. */
  readonly open: () => Promise<PlaceTarget>;
}

interface PlaceTarget extends AsyncDisposable {
  readonly target: Target;
}

export interface Deploying extends AsyncDisposable {
  readonly target: Target;
  readonly root: TasksRoot;
  readonly functionName: string;
  request(settings?: FunctionSettings): DeployRequest;
}

const CODE = 'export const add = (a: number, b: number) => a + b;\n';
export const OTHER_CODE = 'export const add = (a: number, b: number) => a + b;\nexport const zero = () => 0;\n';

/** What was deployed under its name is gone at the end. */
export async function deploying(place: Place): Promise<Deploying> {
  const scope = new Scope();
  const { target } = scope.use(await place.open());
  const root = scope.use(await tasksRoot({ 'math.ts': CODE }));
  const functionName = `deploy-${randomBytes(4).toString('hex')}`;
  scope.defer(() => deleteFunction(target, functionName).catch(() => undefined));
  return {
    target,
    root,
    functionName,
    request: (settings) => ({
      functionName,
      tasks: { tasksRoot: root.directory },
      settings: { memoryMb: 256, timeoutMs: 10_000, ...settings },
    }),
    [Symbol.asyncDispose]: () => scope.close(),
  };
}

/** What the function says to one plain call. */
export async function call({ target, functionName }: Deploying, task: string, args: unknown[]): Promise<unknown> {
  const { InvokeCommand } = await import('@aws-sdk/client-lambda');
  const client = await target.lambda();
  const Payload = Buffer.from(JSON.stringify({ task, args }));
  const answer = await client.send(new InvokeCommand({ FunctionName: functionName, Payload }));
  return JSON.parse(answer.Payload?.transformToString() ?? 'null');
}
