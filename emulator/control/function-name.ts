/** The ways to name a function in a request: name, partial ARN, full ARN, each with or without a qualifier. Pure. */
import { accessDenied, invalidParameter, notFound, validationError, violation } from '../api-errors.ts';
import type { AccountFacts } from '../arn.ts';

/** Who calls, and where. */
export interface Caller extends AccountFacts {
  /** Where the functions are, if not there: the ARNs that we give out name it, and so may those that come back. */
  readonly home?: AccountFacts;
}

export interface FunctionRef {
  readonly functionName: string;
  /** Absent for an unqualified call. */
  readonly qualifier?: string;
}

// AWS: both patterns stand verbatim in the error texts, recorded 2025-11.
const NAME_PATTERN = String.raw`(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?`;
const QUALIFIER_PATTERN = String.raw`\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+`;
const MAX_NAME_LENGTH = 256;
const MAX_QUALIFIER_LENGTH = 128;

const NAME = new RegExp(`^(?:${NAME_PATTERN})$`);
const QUALIFIER = new RegExp(`^(?:${QUALIFIER_PATTERN})$`);
/** Groups of NAME that are read. */
const REGION = 3;
const ACCOUNT = 9;
const FUNCTION_NAME = 11;
const NAME_QUALIFIER = 13;

const PLAIN_NAME = /^[a-zA-Z0-9-_]{1,64}$/;

/**
 * Reads the `FunctionName` of a path and the `Qualifier` of a query.
 * @throws {ServiceError} ValidationException, InvalidParameterValueException for two different qualifiers,
 * ResourceNotFoundException for another region, AccessDeniedException for another account.
 */
export function parseFunctionRef(name: string, qualifier: string | undefined, caller: () => Caller): FunctionRef {
  if (qualifier === undefined && PLAIN_NAME.test(name)) return { functionName: name };
  const match = validated(name, qualifier);
  const fromName = match[NAME_QUALIFIER];
  if (fromName !== undefined && qualifier !== undefined && fromName !== qualifier) {
    throw invalidParameter('The derived qualifier from the function name does not match the specified qualifier.');
  }
  checkReachable(match, caller());
  const functionName = match[FUNCTION_NAME] ?? name;
  const chosen = qualifier ?? fromName;
  return chosen === undefined ? { functionName } : { functionName, qualifier: chosen };
}

function validated(name: string, qualifier: string | undefined): RegExpExecArray {
  const violations: string[] = [];
  const match = NAME.exec(name);
  if (name.length > MAX_NAME_LENGTH) violations.push(tooLong(name, 'functionName', MAX_NAME_LENGTH));
  if (match === null) violations.push(mismatch(name, 'functionName', NAME_PATTERN));
  if (qualifier !== undefined) {
    if (qualifier === '') violations.push(violation('', 'qualifier', 'have length greater than or equal to 1'));
    if (qualifier.length > MAX_QUALIFIER_LENGTH) violations.push(tooLong(qualifier, 'qualifier', MAX_QUALIFIER_LENGTH));
    if (!QUALIFIER.test(qualifier)) violations.push(mismatch(qualifier, 'qualifier', QUALIFIER_PATTERN));
  }
  if (match === null || violations.length > 0) throw validationError(violations);
  return match;
}

function mismatch(value: string, member: string, pattern: string): string {
  return violation(value, member, `satisfy regular expression pattern: ${pattern}`);
}

function tooLong(value: string, member: string, max: number): string {
  return violation(value, member, `have length less than or equal to ${max}`);
}

function checkReachable(match: RegExpExecArray, caller: Caller): void {
  const region = match[REGION]?.slice(0, -1);
  if (region !== undefined && region !== caller.region && region !== caller.home?.region) {
    throw notFound(`Functions from '${region}' are not reachable in this region ('${caller.region}')`);
  }
  const accountId = match[ACCOUNT]?.slice(0, -1);
  if (accountId !== undefined && accountId !== caller.accountId && accountId !== caller.home?.accountId) {
    throw accessDenied(
      `User: arn:aws:iam::${caller.accountId}:root is not authorized to perform: lambda:InvokeFunction on resource: ${match[0]} because no resource-based policy allows the lambda:InvokeFunction action`,
    );
  }
}
