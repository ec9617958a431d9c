import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runCli } from './cli.ts';

describe('a command line that cannot be understood is answered in one line and with 2:', () => {
  test.each([
    [['frobnicate'], "unknown command 'frobnicate'. See `lambdapool --help`."],
    [['dev', '--prot', '1'], "unknown option '--prot' (Did you mean --port?) See `lambdapool dev --help`."],
    [['dev', '--port', 'http'], 'Expected a whole number from 0 to 65535. See `lambdapool dev --help`.'],
    [['dev', '--port', '70000'], 'Expected a whole number from 0 to 65535.'],
    [['dev', '--memory', '64'], 'Expected a whole number from 128 to 10240.'],
    [['dev', '--timeout', '0'], 'Expected seconds, more than 0 and at most 900.'],
    [['dev', '--isolation', 'vm'], 'Allowed choices are process, thread.'],
    [['dev', '--env', 'LAMBDAPOOL_NOT_SET'], 'LAMBDAPOOL_NOT_SET is not set here.'],
    [['create', 'f', '--env', 'MY-TOKEN=hunter2'], "argument 'MY-TOKEN=...' is invalid. Expected KEY=VALUE, or KEY"],
    [['dev', 'a', 'b'], 'too many arguments'],
    [['dev', '--port'], "option '-p, --port <number>' argument missing."],
    [['apply'], "missing required argument 'task'. See `lambdapool apply --help`."],
    [['map', 'math.square', '--workers', '0'], 'Expected a whole number from 1 to 10000.'],
    [['map', 'math.square', '--chunksize', '0'], 'Expected a whole number from 1 to 1000000.'],
    [['create', 'f', '--memory', '64'], 'Expected a whole number from 128 to 10240. See `lambdapool create --help`.'],
    [['create', 'f', '--timeout', '901'], 'Expected a whole number from 1 to 900.'],
    [['create', 'f', '--timeout', '1.5'], 'Expected a whole number from 1 to 900.'],
    [['update', 'f', '--architecture', 'x64'], 'Allowed choices are x86_64, arm64.'],
    [['create', 'f', '--tag', 'team'], 'Expected KEY=VALUE.'],
    [['logs', 'f', '--since', '10'], 'Expected a duration such as 30s, 10m, 2h or 1d.'],
    [['policy', '--account', '1234'], 'Expected the twelve digits of an AWS account.'],
    [['policy', '--deploy', '--invoke'], "'--deploy' cannot be used with option '--invoke'"],
    [['list', 'f'], 'too many arguments'],
    [
      ['apply', 'math.f', '--endpoint', 'localhost:3001'],
      '--endpoint must be a URL such as http://127.0.0.1:3001, got "localhost:3001".',
    ],
  ])('%j', async (words, message) => {
    const { code, stdout, stderr } = await runCli(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^lambdapool: .*\n$/);
    expect(stderr).toContain(message);
  });
});

describe('lambdapool', () => {
  test('shows its help where no command is given, with 2', async () => {
    const { code, stdout, stderr } = await runCli([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: lambdapool/);
  });

  test.each([
    [['--help'], 'Exit codes:'],
    [['--help'], '  130  interrupted with Ctrl-C'],
    [['dev', '--help'], '$ lambdapool dev --memory 512'],
    [['tasks', '-h'], '$ lambdapool tasks src/tasks --json'],
    [['help', 'apply'], "$ lambdapool apply math.fibonacci --args '[10]'"],
    [['create', '--help'], '$ lambdapool create math-helpers src/tasks --memory 512'],
    [['doctor', '--help'], 'Exits with 1 if there is a problem.'],
    [['map', '--help'], '$ seq 1 30 | lambdapool map math.fibonacci --tasks ./tasks'],
  ])('helps with examples: %j', async (words, text) => {
    const { code, stdout, stderr } = await runCli(words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(text);
  });

  test('knows its version', async () => {
    const { version }: { version: string } = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    );
    expect(await runCli(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
  });
});
