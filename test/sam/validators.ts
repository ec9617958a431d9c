/** What AWS's own tools say of a template: cfn-lint, and the translator of SAM with its schema. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findPython, run, type Python } from '../conformance/support/python.ts';

const PACKAGES = {
  requirements: ['cfn-lint==1.58.0', 'aws-sam-translator==1.115.0'],
  shown: 'cfn-lint and the SAM translator',
};
const TRANSLATE = fileURLToPath(new URL('translate.py', import.meta.url));
const LINT = 'import sys; from cfnlint.runner import main; sys.exit(main())';

export function findValidators(): Promise<Python> {
  return findPython(PACKAGES);
}

/** A CloudFormation template after SAM. */
export interface Translated {
  readonly Resources: Readonly<Record<string, Resource>>;
}

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

export interface Verdict {
  /** `E3012 ... `: rule and message. */
  readonly errors: readonly string[];
  readonly translated: Translated | undefined;
}

/** Every finding counts, also those that only inform. */
export async function lint(interpreter: string, ...files: readonly string[]): Promise<readonly string[]> {
  const args = ['-c', LINT, '--include-checks', 'I', 'W', 'E', '--format', 'json', '--template', ...files];
  const { stdout, stderr, exitCode } = await run(interpreter, args, { env: environment() });
  if (stdout.trim() === '' && exitCode !== 0) throw new Error(`cfn-lint failed: ${stderr}`);
  const found: readonly { readonly Rule: { readonly Id: string }; readonly Message: string }[] = JSON.parse(
    stdout || '[]',
  );
  return found.map(({ Rule, Message }) => `${Rule.Id} ${Message}`);
}

export async function translate(interpreter: string, file: string, codeUri = 's3://bucket/key'): Promise<Verdict> {
  const options = { env: environment(), input: readFileSync(file, 'utf8') };
  const { stdout, stderr, exitCode } = await run(interpreter, [TRANSLATE, codeUri], options);
  if (exitCode !== 0) throw new Error(`The SAM translator failed: ${stderr}`);
  const verdict: { errors: readonly string[]; translated: Translated | null } = JSON.parse(stdout);
  return { errors: verdict.errors, translated: verdict.translated ?? undefined };
}

function environment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    SYSTEMROOT: process.env['SYSTEMROOT'],
    AWS_DEFAULT_REGION: 'us-east-1',
    PYTHONIOENCODING: 'utf-8',
    SAM_CLI_TELEMETRY: '0',
  };
}
