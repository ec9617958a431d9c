/** The errors of Lambda's API, each in the form that AWS gives it. Pure. */
import { ServiceError } from './service-error.ts';

// AWS: `Type` stands before the message in the body, recorded 2025-11.
const USER = { Type: 'User' };

export function validationError(violations: readonly string[]): ServiceError {
  const count = `${violations.length} validation error${violations.length === 1 ? '' : 's'} detected`;
  return new ServiceError('ValidationException', `${count}: ${violations.join('; ')}`, { status: 400 });
}

/** One violation, for `validationError`. */
export function violation(value: string, member: string, constraint: string): string {
  return `Value '${value}' at '${member}' failed to satisfy constraint: Member must ${constraint}`;
}

export function invalidParameter(message: string): ServiceError {
  return new ServiceError('InvalidParameterValueException', message, { status: 400, extra: USER });
}

export function invalidRequestContent(message: string): ServiceError {
  return new ServiceError('InvalidRequestContentException', message, { status: 400, extra: USER });
}

export function notFound(message: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', message, { status: 404, messageKey: 'Message', extra: USER });
}

export function accessDenied(message: string): ServiceError {
  return new ServiceError('AccessDeniedException', message, { status: 403, messageKey: 'Message' });
}

/** AWS: the name on the wire is not the one that the SDKs model (RequestTooLargeException). */
export function entityTooLarge(message: string): ServiceError {
  return new ServiceError('RequestEntityTooLargeException', message, { status: 413, messageKey: 'Message' });
}

export function unknownOperation(message: string): ServiceError {
  return new ServiceError('UnknownOperationException', message, { status: 404, messageKey: 'Message' });
}
