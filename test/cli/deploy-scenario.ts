/** One life of a function on the command line, told as a transcript that is the same wherever it is lived. */
import type { TasksRoot } from '../support/tasks-root.ts';
import { runCli } from './cli.ts';
import type { Finished } from './cli.ts';

export interface Place {
  /** What AWS's variables must say. */
  readonly env: Readonly<Record<string, string>>;
  readonly functionName: string;
}

export const FIRST = 'export const add = (a: number, b: number) => a + b;\n';
const SECOND = `${FIRST}export const twice = (a: number) => 2 * a;\n`;

/** Creates, changes in each way and not at all, lists, examines and deletes; every command with its code and output. */
export async function liveOnce({ env, functionName }: Place, root: TasksRoot): Promise<string> {
  const transcript: string[] = [];
  const run = async (...words: readonly string[]): Promise<Finished> => {
    const finished = await runCli(words, { cwd: root.path('..'), env });
    const said = normal(finished.stderr + finished.stdout, functionName);
    transcript.push(`$ lambdapool ${words.join(' ').replaceAll(functionName, 'NAME')}`, ...said, `=> ${finished.code}`);
    return finished;
  };
  const name = functionName;
  await run('create', name, '--memory', '512', '--timeout', '10', '--env', 'STAGE=test');
  await run('create', name);
  await run('update', name);
  await run('update', name, '--memory', '640');
  await root.write('math.ts', SECOND);
  await run('doctor', name);
  await run('update', name);
  await run('doctor', name);
  await run('list');
  await run('delete', name);
  await run('delete', name);
  return transcript.join('\n');
}

/** Steps and lines that only places with IAM and CloudWatch have. */
const SURROUNDINGS = /^✓ (role|log group|delete role|delete log group) |^ {2}(role|log group) /;
/** What the doctor says of the place, not of the function. */
const OF_THE_PLACE = /^[✓!✗-] (node|target|credentials|quotas) |^\d+ warnings?\.$|^All is well\.$/;

/** Without what differs from run to run, and without what some places do not have. */
function normal(text: string, functionName: string): readonly string[] {
  return (
    text
      .replaceAll(functionName, 'NAME')
      .replaceAll(/https?:\/\/[\w.-]+:\d+/g, 'URL')
      .split('\n')
      .filter((line) => line !== '' && !SURROUNDINGS.test(line) && !OF_THE_PLACE.test(line))
      .map((line) =>
        line
          .replace(/ {2}[\d.]+ m?s$/, '')
          .replace(/[\d.]+ KB/, 'SIZE')
          .replace(/(Just now|\d+ seconds? ago) +/, 'WHEN  ')
          .replace(/ \d+\.\d+\.\d+$/, ' VERSION')
          // A machine's own, where functions run on it.
          .replace(/, (x86_64|arm64)/, ', x86_64')
          .replace(/: function(, role)?(, log group)?$/, ': function')
          .replace(/ {2,}/g, '  ')
          .trimEnd(),
      )
      // Other functions may live there.
      .filter((line, _, lines) => !lines[0]?.startsWith('FUNCTION NAME') || /^(FUNCTION NAME|NAME) /.test(line))
  );
}

/** What must have been said. */
export const TRANSCRIPT = `$ lambdapool create NAME --memory 512 --timeout 10 --env STAGE=test
✓ find  not there yet
✓ bundle  1 task
✓ zip  SIZE
✓ create
✓ wait
✓ probe
✓ finish
Created NAME: 1 task, SIZE, 512 MB, 10 s, nodejs24.x, x86_64
  arn  arn:aws:lambda:us-east-1:000000000000:function:NAME
=> 0
$ lambdapool create NAME
lambdapool: There is a function NAME in URL already. Change it with \`lambdapool update NAME\`, or choose another name.
=> 1
$ lambdapool update NAME
✓ find  Active
✓ bundle  1 task
✓ zip  SIZE
✓ probe
NAME is up to date: 1 task, SIZE, 512 MB, 10 s, nodejs24.x, x86_64
  arn  arn:aws:lambda:us-east-1:000000000000:function:NAME
=> 0
$ lambdapool update NAME --memory 640
✓ find  Active
✓ bundle  1 task
✓ zip  SIZE
✓ update configuration  memoryMb
✓ wait
✓ probe
Updated NAME (configuration): 1 task, SIZE, 640 MB, 10 s, nodejs24.x, x86_64
  arn  arn:aws:lambda:us-east-1:000000000000:function:NAME
=> 0
$ lambdapool doctor NAME
✓ configuration  No configuration file
✓ function  NAME: Active, nodejs24.x, 640 MB, 10 s, x86_64
! tasks  NAME holds other tasks than are here: it lacks math.twice; it has other code of math.add. Run \`lambdapool update NAME\`.
=> 0
$ lambdapool update NAME
✓ find  Active
✓ bundle  2 tasks
✓ zip  SIZE
✓ update code
✓ wait
✓ probe
Updated NAME (code): 2 tasks, SIZE, 640 MB, 10 s, nodejs24.x, x86_64
  arn  arn:aws:lambda:us-east-1:000000000000:function:NAME
=> 0
$ lambdapool doctor NAME
✓ configuration  No configuration file
✓ function  NAME: Active, nodejs24.x, 640 MB, 10 s, x86_64
✓ tasks  NAME holds what is here (2 tasks).
=> 0
$ lambdapool list
FUNCTION NAME  SIZE  WHEN  RUNTIME MEMORY (MB)  TIMEOUT (SEC)  LAYERS  VERSION
NAME  SIZE  WHEN  640  10  -  VERSION
=> 0
$ lambdapool delete NAME
✓ find
✓ delete function
Deleted NAME: function
=> 0
$ lambdapool delete NAME
✓ find  not there
lambdapool: There is no function NAME in URL. Check its name and the place, or make it with \`lambdapool create NAME\`.
=> 1`;
