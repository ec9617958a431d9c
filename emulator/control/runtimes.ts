/** Which runtimes a function may name, and what Lambda says of the others. */
import { invalidParameter } from '../api-errors.ts';

/** Those that the emulator can be. The Node that runs is the emulator's own; how it behaves is the runtime's. */
const NODE_RUNTIMES: readonly string[] = ['nodejs20.x', 'nodejs22.x', 'nodejs24.x', 'nodejs26.x'];

// AWS: the order of the set has no meaning and changes with each release; recorded 2026-02.
const ALL_RUNTIMES =
  'nodejs20.x, python3.14, provided.al2023, python3.12, python3.13, nodejs24.x, nodejs22.x, java25, python3.10, python3.11, java21, ruby3.3, ruby3.4, ruby3.2, python3.8, python3.9, java17, nodejs16.x, dotnet10, dotnet8, java11, dotnet6, nodejs18.x, provided.al2, java8.al2';

/** AWS: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html, read 2026-11. */
const GONE: ReadonlySet<string> = new Set([
  'dotnetcore1.0',
  'dotnetcore2.0',
  'dotnetcore2.1',
  'dotnetcore3.1',
  'go1.x',
  'java8',
  'nodejs',
  'nodejs4.3',
  'nodejs6.10',
  'nodejs8.10',
  'nodejs10.x',
  'nodejs12.x',
  'nodejs14.x',
  'provided',
  'python2.7',
  'python3.6',
  'python3.7',
  'ruby2.5',
  'ruby2.7',
]);

/** @throws {ServiceError} InvalidParameterValueException */
export function checkRuntime(runtime: string): void {
  if (NODE_RUNTIMES.includes(runtime)) return;
  if (GONE.has(runtime)) {
    throw invalidParameter(
      `The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.`,
    );
  }
  if (ALL_RUNTIMES.split(', ').includes(runtime)) {
    throw invalidParameter(
      `This emulator runs Node.js only, and cannot be ${runtime}. It knows ${NODE_RUNTIMES.join(', ')}.`,
    );
  }
  throw invalidParameter(
    `Value ${runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${ALL_RUNTIMES}] or be a valid ARN`,
  );
}
