/** Reads what all requests of the control plane name: a function, perhaps a version, and code. Pure. */
import { entityTooLarge, invalidParameter } from '../api-errors.ts';
import { MAX_ZIPPED_BYTES } from '../limits.ts';
import type { Constraints } from './constraints.ts';
import { type Fields, stringIn } from './fields.ts';
import { type Caller, type FunctionRef, parseFunctionRef } from './function-name.ts';

// AWS: stands verbatim in the error text of those that change functions, recorded 2025-11: no dots, no `.PUBLISHED`.
const NAME_PATTERN = String.raw`(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?`;
const MAX_NAME_LENGTH = 140;
const MAX_PLAIN_NAME_LENGTH = 64;

/** Notes what is wrong with the name of a function that is to be made or changed. */
export function constrainName(constraints: Constraints, fields: Fields): void {
  const name = stringIn(fields, 'FunctionName');
  constraints.required('functionName', name);
  constraints.maxLength('functionName', name, MAX_NAME_LENGTH);
  constraints.pattern('functionName', name, NAME_PATTERN);
}

/** The function that is asked for. @throws {ServiceError} */
export function refIn(fields: Fields, caller: Caller): FunctionRef {
  return parseFunctionRef(stringIn(fields, 'FunctionName') ?? '', stringIn(fields, 'Qualifier'), () => caller);
}

/**
 * Name of a function that is to be made or changed; it must name no version. To be called after `constrainName`.
 * @throws {ServiceError}
 */
export function nameIn(fields: Fields, caller: Caller): string {
  const { functionName, qualifier } = refIn(fields, caller);
  if (functionName.length > MAX_PLAIN_NAME_LENGTH) {
    // AWS: the words of a ValidationException under another code, recorded 2025-11.
    throw invalidParameter(
      `1 validation error detected: Value '${functionName}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to ${MAX_PLAIN_NAME_LENGTH}`,
    );
  }
  if (qualifier === undefined || qualifier === '$LATEST') return functionName;
  throw invalidParameter(
    'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
  );
}

/** The zip of a request. @throws {ServiceError} for other places of code, and for none. */
export function zipIn(fields: Fields): Uint8Array {
  const { ZipFile: zip } = fields;
  const other = ['S3Bucket', 'S3Key', 'ImageUri'].find((name) => typeof fields[name] === 'string');
  if (other !== undefined) {
    throw invalidParameter(
      `This emulator takes code as ZipFile only: it has neither buckets nor images to read ${other} from.`,
    );
  }
  if (!(zip instanceof Uint8Array)) throw invalidParameter('Please provide a source for function code.');
  if (zip.length > MAX_ZIPPED_BYTES) {
    throw entityTooLarge(`Zipped size must be smaller than ${MAX_ZIPPED_BYTES} bytes`);
  }
  return zip;
}
