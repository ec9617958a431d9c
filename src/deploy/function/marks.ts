/** How functions that lambdapool deployed are known again. Pure. */

/** Tag and environment variable say so; the tag is the better one, but listings do not bring tags. */
export const CREATOR = 'lambdapool';

/** On a function from its creation until its first probe has passed. */
export const UNFINISHED_TAG = 'lambdapool_unfinished';

/** Set on every function that we deploy, so nobody else may set them. */
export const RESERVED_ENV: readonly string[] = ['CREATOR', 'FUNCTION_NAME', 'LAMBDAPOOL_VERSION'];
export const RESERVED_TAGS: readonly string[] = ['creator', 'function_name', UNFINISHED_TAG];

type Strings = Readonly<Record<string, string>>;

export function markEnv(functionName: string, version: string): Strings {
  return { CREATOR, FUNCTION_NAME: functionName, LAMBDAPOOL_VERSION: version };
}

export function markTags(functionName: string): Strings {
  return { creator: CREATOR, function_name: functionName };
}

/** Whether tags or environment variables of a function bear our mark. */
export function isOurs({
  tags,
  env,
}: {
  readonly tags?: Strings | undefined;
  readonly env?: Strings | undefined;
}): boolean {
  return tags?.['creator'] === CREATOR || env?.['CREATOR'] === CREATOR;
}

/** What a user has set, without our marks. */
export function withoutMarks(strings: Strings, marks: readonly string[]): Strings {
  return Object.fromEntries(Object.entries(strings).filter(([name]) => !marks.includes(name)));
}
