/** The lines that point other Lambda clients at the emulator. */
import type { Manifest, TaskEntry } from '../../agent/manifest.ts';

/** Any region and any key will do: the emulator checks no signatures, but clients do not start without them. */
export const LOCAL_REGION = 'us-east-1';
export const DUMMY_KEY = 'local';

/** Environment variables that every AWS SDK and the AWS CLI read. */
export function clientVariables(url: string): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL_LAMBDA: url,
    AWS_REGION: LOCAL_REGION,
    // Python's SDK and the AWS CLI know only this one.
    AWS_DEFAULT_REGION: LOCAL_REGION,
    AWS_ACCESS_KEY_ID: DUMMY_KEY,
    AWS_SECRET_ACCESS_KEY: DUMMY_KEY,
  };
}

/** For sh, bash and zsh. */
export function posixLine(variables: Readonly<Record<string, string>>): string {
  return `export ${Object.entries(variables)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')}`;
}

export function powershellLine(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `$env:${name}='${value}'`)
    .join('; ');
}

/** A first call to copy. Through standard input, because versions 1 and 2 of the AWS CLI read `--payload` differently. */
export function invokeLine(functionName: string, manifest: Manifest): string {
  const payload = JSON.stringify(examplePayload(manifest)).replaceAll("'", String.raw`'\''`);
  return `echo '${payload}' | aws lambda invoke --function-name ${functionName} --payload fileb:///dev/stdin /dev/stdout`;
}

/** A task that is likely to run with what we can guess: one that takes a number `n`, else one that takes nothing. */
function examplePayload(manifest: Manifest): object {
  // As they stand in their files: what comes first is what its module is about.
  const all = Object.entries(manifest.tasks).toSorted(
    ([, a], [, b]) => a.file.localeCompare(b.file) || a.line - b.line,
  );
  const harmless = all.filter(([name]) => !MADE_TO_FAIL.test(name));
  const tasks = harmless.length > 0 ? harmless : all;
  const counts = tasks.find(([, task]) => required(task) === 1 && task.params?.[0]?.name === 'n');
  if (counts !== undefined) return { task: counts[0], args: [10] };
  const [name = 'module.function', task] = tasks.find(([, each]) => required(each) === 0) ?? tasks[0] ?? [];
  const named = task?.params?.filter((each) => each.required) ?? [];
  return { task: name, args: named.map((each) => `<${each.name}>`) };
}

const MADE_TO_FAIL = /fault|throw|fail|error|reject|exit|loop|hang/i;

function required(task: TaskEntry): number | undefined {
  return task.params?.filter((each) => each.required).length;
}
