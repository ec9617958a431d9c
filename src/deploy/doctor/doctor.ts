/** Examines everything that deploying and calling depend on, one check after the other; one that fails stops no other. */
import { isLambdaPoolError } from '../../shared/errors.ts';
import type { DeployTasks } from '../function/code.ts';
import { checkCredentials, checkQuotas } from './doctor-account.ts';
import { checkFunction, checkTasks } from './doctor-function.ts';
import type { ExaminedFunction } from './doctor-function.ts';
import type { Finding } from './doctor-finding.ts';
import type { Target } from '../target/target.ts';
import { Work } from '../work.ts';

/** What was examined, in the order of the examination. */
type CheckName = 'node' | 'configuration' | 'target' | 'credentials' | 'quotas' | 'function' | 'tasks';

export interface Check extends Finding {
  readonly name: CheckName;
}

export interface DoctorOptions {
  /** Reads the configuration; tells where it stands. */
  readonly readConfiguration: () => Promise<Finding>;
  readonly openTarget: () => Promise<Target>;
  /** Undefined: nobody has named one. */
  readonly functionName: string | undefined;
  /** What should be deployed. */
  readonly tasks: DeployTasks;
  readonly signal: AbortSignal;
  /** Told of each check as it is done. */
  readonly onCheck?: ((check: Check) => void) | undefined;
}

/** The oldest Node that this package runs on. */
const OLDEST_NODE = [22, 22] as const;

/** Makes all checks. Rejects only with the reason of the signal. */
export async function examine(options: DoctorOptions): Promise<readonly Check[]> {
  const { signal, onCheck } = options;
  const checks: Check[] = [];
  const check = async (name: CheckName, find: () => Promise<Finding> | Finding): Promise<Finding> => {
    const finding = await findingOf(find, signal);
    checks.push({ name, ...finding });
    onCheck?.({ name, ...finding });
    return finding;
  };
  await check('node', () => checkNode(process.versions.node));
  await check('configuration', options.readConfiguration);
  let target: Target | undefined;
  await check('target', async () => {
    target = await options.openTarget();
    return { status: 'ok', message: placeText(target) };
  });
  await using opened = target;
  await examineTarget(opened, options, check);
  return checks;
}

type RunCheck = (name: CheckName, find: () => Promise<Finding> | Finding) => Promise<Finding>;

async function examineTarget(target: Target | undefined, options: DoctorOptions, check: RunCheck): Promise<void> {
  const { functionName, tasks, signal } = options;
  if (target === undefined)
    return skipAll(check, ['credentials', 'quotas', 'function', 'tasks'], 'There is no target to ask.');
  const credentials = await check('credentials', () => checkCredentials(workOn(target, functionName, signal)));
  if (credentials.status === 'problem') {
    return skipAll(check, ['quotas', 'function', 'tasks'], 'Nothing more can be asked until this is mended.');
  }
  await check('quotas', () => checkQuotas(workOn(target, functionName, signal)));
  if (functionName === undefined) {
    const reason = 'No function is named: give its name, or set `functionName` in the configuration.';
    return skipAll(check, ['function', 'tasks'], reason);
  }
  const work = workOn(target, functionName, signal);
  let found: ExaminedFunction | undefined;
  await check('function', async () => {
    found = await checkFunction(work);
    return found.finding;
  });
  const { answering } = found ?? {};
  if (answering === undefined) return skipAll(check, ['tasks'], 'There is no function to compare with.');
  await check('tasks', () => checkTasks(work, tasks, answering));
}

function workOn(target: Target, functionName: string | undefined, signal: AbortSignal): Work {
  return new Work(target, functionName ?? 'any function', { signal });
}

async function skipAll(check: RunCheck, names: readonly CheckName[], message: string): Promise<void> {
  for (const name of names) await check(name, () => ({ status: 'skipped', message }));
}

async function findingOf(find: () => Promise<Finding> | Finding, signal: AbortSignal): Promise<Finding> {
  signal.throwIfAborted();
  try {
    return await find();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const message = isLambdaPoolError(error) ? error.message : `Unexpected: ${String(error)}`;
    return { status: 'problem', message };
  }
}

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldest, oldestMinor] = OLDEST_NODE;
  if (major > oldest || (major === oldest && minor >= oldestMinor)) {
    return { status: 'ok', message: `Node ${version}` };
  }
  const message = `Node ${version} is too old: lambdapool needs ${OLDEST_NODE.join('.')} or newer. Install Node 24.`;
  return { status: 'problem', message };
}

function placeText({ region, endpoint, isEmulator, lambdaOnly }: Target): string {
  if (endpoint === undefined) return `AWS, region ${region}`;
  if (isEmulator) return `the emulator at ${endpoint}`;
  return `${endpoint}, region ${region}${lambdaOnly ? ', Lambda only' : ''}`;
}
