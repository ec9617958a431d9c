/** How a function that the program registered from code looks in the control plane. Pure. */
import { createHash } from 'node:crypto';
import type { AccountFacts } from '../arn.ts';
import type { ResolvedFunctionOptions } from '../options.ts';
import type { VersionContents } from './registry.ts';
import { defaultSettings } from './settings.ts';

/** What the code itself says, once it has been built. */
export interface RegisteredCode {
  readonly handler: string;
  readonly hash: string;
}

const NOT_BUILT: RegisteredCode = { handler: 'index.handler', hash: '' };

export function registeredContents(options: ResolvedFunctionOptions, { accountId }: AccountFacts): VersionContents {
  const { functionName, env, memoryMb, runtime, timeoutMs } = options;
  const settings = {
    ...defaultSettings(functionName),
    env,
    memoryMb,
    runtime,
    role: `arn:aws:iam::${accountId}:role/lambdapool-emulator`,
    timeoutSeconds: Math.ceil(timeoutMs / 1000),
  };
  return withCode({ settings, codeSha256: '', codeBytes: 0 }, NOT_BUILT);
}

/** The same with the code that runs now. Its hash has the form of AWS's and changes with the code, but is not one of a zip. */
export function withCode<T extends VersionContents>(contents: T, { handler, hash }: RegisteredCode): T {
  const codeSha256 = createHash('sha256').update(hash).digest('base64');
  return { ...contents, codeSha256, settings: { ...contents.settings, handler } };
}
