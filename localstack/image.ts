/** Which image of LocalStack to start. Pure. */

/** The last version that runs without an account. */
const OPEN_IMAGE = 'localstack/localstack:4.14.0';
/**
 * For those who have an account. Pinned, too: a new month's LocalStack is never the reason that a test fails today.
 * LocalStack: dated versions need LOCALSTACK_AUTH_TOKEN, https://blog.localstack.cloud/switching-to-calendar-versioning, read 2026-11
 */
const LICENSED_IMAGE = 'localstack/localstack:2026.08.3';

/** An image, and the token that is handed to it. */
export interface ImageChoice {
  readonly image: string;
  readonly token: string | undefined;
  /** Who chose the image, for messages. */
  readonly chosenBy: 'image' | 'LOCALSTACK_IMAGE' | 'LOCALSTACK_AUTH_TOKEN' | 'default';
}

/** What the environment says of LocalStack. */
export interface ImageEnvironment {
  readonly LOCALSTACK_IMAGE?: string | undefined;
  readonly LOCALSTACK_AUTH_TOKEN?: string | undefined;
}

/** The image that is given; else that of LOCALSTACK_IMAGE; else the newest that the account allows. */
export function chooseImage(image: string | undefined, env: ImageEnvironment): ImageChoice {
  const token = given(env.LOCALSTACK_AUTH_TOKEN);
  if (image !== undefined) return { image, token, chosenBy: 'image' };
  const override = given(env.LOCALSTACK_IMAGE);
  if (override !== undefined) return { image: override, token, chosenBy: 'LOCALSTACK_IMAGE' };
  if (token !== undefined) return { image: LICENSED_IMAGE, token, chosenBy: 'LOCALSTACK_AUTH_TOKEN' };
  return { image: OPEN_IMAGE, token, chosenBy: 'default' };
}

/** Variables that are set to nothing are not set: that is how compose and CI hand on what they do not have. */
function given(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value.trim();
}
