/** Why a LocalStack could not be started, in one sentence with the next step. Pure. */
import { LambdaPoolError } from '../src/shared/errors.ts';
import type { ImageChoice } from './image.ts';

/** What is known of a start that failed. */
export interface FailedStart {
  readonly choice: ImageChoice;
  readonly error: unknown;
  /** What the container printed. */
  readonly output: string;
  /** Whether the image is on this machine. */
  readonly hasImage: boolean;
}

const TRY_EMULATOR = "or run in the emulator, which needs no container (`transport: 'emulator'`)";

/** testcontainers is an optional peer: npm installs it only for those who ask for it. */
export function testcontainersMissing(cause: unknown): LambdaPoolError {
  return failure(
    `Starting LocalStack takes testcontainers, which cannot be loaded (${said(cause)}): ` +
      'run `npm i -D testcontainers @testcontainers/localstack`, or start LocalStack yourself.',
    cause,
  );
}

/** Nobody can be asked for a container. `dockerHost` is DOCKER_HOST, if set. */
export function dockerMissing(cause: unknown, dockerHost: string | undefined): LambdaPoolError {
  const where = dockerHost === undefined ? '' : ` at ${dockerHost} (DOCKER_HOST)`;
  return failure(
    `LocalStack runs in a container, and no Docker answers${where}. Start Docker, ${TRY_EMULATOR}.`,
    cause,
  );
}

/** Tells a missing token, an image that cannot be had, a port that is taken and the rest from each other. */
export function startFailed({ choice, error, output: printed, hasImage }: FailedStart): LambdaPoolError {
  const { image, token } = choice;
  // What a container prints is for it to say, and messages end up in logs.
  const output = token === undefined ? printed : printed.replaceAll(token, '***');
  if (needsToken(output)) return tokenRefused(choice, error);
  const message = said(error);
  if (!hasImage) {
    return failure(
      `The image ${image} is not on this machine and could not be pulled (${message}). Check its name, the network, and ` +
        '`docker login`; LOCALSTACK_IMAGE names another one.',
      error,
    );
  }
  if (/port is already allocated|address already in use|ports are not available/i.test(message)) {
    return failure(`LocalStack found its port taken (${message}). End what listens there and try again.`, error);
  }
  return failure(`LocalStack (${image}) did not start (${message}).${lastLines(output)}`, error);
}

/** Versions that need an account print this and end with exit code 55, https://docs.localstack.cloud/aws/getting-started/auth-token/, read 2026-11 */
function needsToken(output: string): boolean {
  return /license activation failed|LOCALSTACK_AUTH_TOKEN|requires an account/i.test(output);
}

function tokenRefused({ image, token, chosenBy }: ImageChoice, cause: unknown): LambdaPoolError {
  if (token !== undefined) {
    return failure(
      `The image ${image} refused the token in LOCALSTACK_AUTH_TOKEN. Renew it at https://app.localstack.cloud/settings/auth-tokens, ` +
        'or unset it to use the last version that needs no account.',
      cause,
    );
  }
  const instead = chosenBy === 'image' ? 'leave out `image`' : 'unset LOCALSTACK_IMAGE';
  return failure(
    `The image ${image} needs an account: set LOCALSTACK_AUTH_TOKEN (https://app.localstack.cloud/settings/auth-tokens), ` +
      `or ${instead} to use the last version that needs none.`,
    cause,
  );
}

/** Nothing has run, and trying again without changing something is of no use. */
function failure(message: string, cause: unknown): LambdaPoolError {
  return new LambdaPoolError('UNREACHABLE', message, { cause });
}

function said(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // Docker's begin with `(HTTP code 500) server error - `, and what is said stands in parentheses.
  return (message.split('\n')[0] ?? '')
    .trim()
    .replace(/\.$/, '')
    .replace(/^\((HTTP code \d+)\) /, '$1, ');
}

function lastLines(output: string): string {
  const lines = output.trim().split('\n').slice(-5);
  return output.trim() === '' ? '' : ` Its last lines: ${lines.join(' | ')}`;
}
