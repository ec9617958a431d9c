/** Checks the environment variables of a function, in Lambda's words. Pure. */
import { invalidParameter } from '../api-errors.ts';
import { RESERVED_VARIABLES } from '../environments/environment-variables.ts';
import { MAX_ENVIRONMENT_BYTES } from '../limits.ts';
import type { Constraints } from './constraints.ts';

type Variables = Readonly<Record<string, string>>;

const KEY_PATTERN = '[a-zA-Z]([a-zA-Z0-9_])+';
const KEY = new RegExp(`^(?:${KEY_PATTERN})$`);

/** `_HANDLER` and its like have the wrong form, too, but AWS tells them as reserved. */
const mayStand = (key: string): boolean => KEY.test(key) || RESERVED_VARIABLES.includes(key);

export function constrainVariables(constraints: Constraints, variables: Variables | undefined): void {
  if (variables === undefined || Object.keys(variables).every(mayStand)) return;
  const shown = Object.entries(variables).map(([key, value]) => `${key}=${value}`);
  constraints.brokenKeys(
    'environment.variables',
    `{${shown.join(', ')}}`,
    `Member must satisfy regular expression pattern: ${KEY_PATTERN}`,
  );
}

/** @throws {ServiceError} InvalidParameterValueException */
export function checkVariables(variables: Variables): void {
  const reserved = Object.keys(variables).filter((key) => RESERVED_VARIABLES.includes(key));
  if (reserved.length > 0) {
    throw invalidParameter(
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  }
  if (Object.values(variables).some((value) => value.includes('\0'))) {
    throw invalidParameter('The value of an environment variable has a NUL character, which no process can be given.');
  }
  const json = JSON.stringify(variables);
  if (Buffer.byteLength(json) > MAX_ENVIRONMENT_BYTES) {
    throw invalidParameter(
      `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: ${json}`,
    );
  }
}
