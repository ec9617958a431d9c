/** The tags of functions: which function an ARN means, what tags it may have. Pure. */
import { invalidParameter, validationError, violation } from '../api-errors.ts';
import { type Caller, parseFunctionRef } from './function-name.ts';
import type { FunctionRecord, Registry } from './registry.ts';

const MAX_TAGS = 50;
// AWS: the pattern stands verbatim in the error text, recorded 2025-11.
const RESOURCE_PATTERN = String.raw`arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)`;
const RESOURCE = new RegExp(`^(?:${RESOURCE_PATTERN})$`);

/** @throws {ServiceError} for an ARN that is none, or not a function's. */
export function findTagged(registry: Registry, resource: string, caller: Caller): FunctionRecord {
  if (!RESOURCE.test(resource)) {
    const constraint = `satisfy regular expression pattern: ${RESOURCE_PATTERN}`;
    throw validationError([violation(resource, 'resource', constraint)]);
  }
  if (!resource.includes(':function:')) {
    throw invalidParameter(`This emulator keeps tags of functions only, not of ${resource}.`);
  }
  const { functionName, qualifier } = parseFunctionRef(resource, undefined, () => caller);
  if (qualifier !== undefined) {
    throw invalidParameter('Tags on function aliases and versions are not supported. Please specify a function ARN.');
  }
  return registry.find(functionName);
}

/** @throws {ServiceError} InvalidParameterValueException */
export function checkTagCount(current: ReadonlyMap<string, string>, added: Readonly<Record<string, string>>): void {
  if (new Set([...current.keys(), ...Object.keys(added)]).size > MAX_TAGS) {
    throw invalidParameter('Number of tags exceeds resource tag limit.');
  }
}

export function setTags(tags: Map<string, string>, added: Readonly<Record<string, string>>): void {
  checkTagCount(tags, added);
  for (const [key, value] of Object.entries(added)) tags.set(key, value);
}
