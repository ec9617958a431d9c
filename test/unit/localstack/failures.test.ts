import { expect, test } from 'vitest';
import { startFailed, testcontainersMissing } from '../../../localstack/failures.ts';
import { chooseImage } from '../../../localstack/image.ts';

// What LocalStack 2026.03 prints before it ends with exit code 55.
const NO_TOKEN = `
LocalStack version: 2026.3.1
Localstack returning with exit code 55. Reason:
===============================================
The license activation failed for the following reason:

No credentials were found in the environment. Please make sure to either set the LOCALSTACK_AUTH_TOKEN variable to a valid auth token.
`;
const ended = new Error('Log stream ended and message "Ready" was not received');

test.each([
  ['of `image`', chooseImage('localstack/localstack:latest', {}), /`image`/],
  [
    'of LOCALSTACK_IMAGE',
    chooseImage(undefined, { LOCALSTACK_IMAGE: 'localstack/localstack:latest' }),
    /unset LOCALSTACK_IMAGE/,
  ],
])('an image %s that wants a token: which one, the variable, and how to do without', (_, choice, way) => {
  const { code, message, retryable } = startFailed({ choice, error: ended, output: NO_TOKEN, hasImage: true });
  expect({ code, retryable }).toEqual({ code: 'UNREACHABLE', retryable: false });
  expect(message).toMatch(/localstack\/localstack:latest needs an account.*LOCALSTACK_AUTH_TOKEN/);
  expect(message).toMatch(way);
});

test('a token that is refused is never shown', () => {
  const choice = chooseImage(undefined, { LOCALSTACK_AUTH_TOKEN: 'ls-secret' });
  const { message } = startFailed({
    choice,
    error: ended,
    output: 'The license activation failed: expired',
    hasImage: true,
  });
  expect(message).toMatch(/refused the token in LOCALSTACK_AUTH_TOKEN/);
  expect(message).not.toContain('ls-secret');
});

test('a token that the container prints is not shown either', () => {
  const choice = chooseImage(undefined, { LOCALSTACK_AUTH_TOKEN: 'ls-secret' });
  const output = 'environment: AUTH=ls-secret\nended';
  const { message } = startFailed({ choice, error: ended, output, hasImage: true });
  expect(message).toContain('environment: AUTH=*** | ended');
});

test('a port that is taken is named', () => {
  const error = new Error('(HTTP code 500) server error - Bind for 127.0.0.1:4566 failed: port is already allocated');
  const { message } = startFailed({ choice: chooseImage(undefined, {}), error, output: '', hasImage: true });
  expect(message).toMatch(/port taken \(.*127\.0\.0\.1:4566/);
});

test('an image that cannot be pulled is told with what Docker says, in plain parentheses', () => {
  const choice = chooseImage('localstack/nothing:1', {});
  const error = new Error('(HTTP code 500) server error - Get "https://registry-1.docker.io/v2/": no such host. ');
  const { message } = startFailed({ choice, error, output: '', hasImage: false });
  expect(message).toMatch(
    /^The image localstack\/nothing:1 is not .* pulled \(HTTP code 500, server error - Get "https:\/\/registry-1\.docker\.io\/v2\/": no such host\)\. Check its name/,
  );
});

test('anything else ends with the last lines of the container', () => {
  const output = Array.from({ length: 9 }, (_, i) => `line ${i}`).join('\n');
  const { message } = startFailed({ choice: chooseImage(undefined, {}), error: ended, output, hasImage: true });
  expect(message).toMatch(/4\.14\.0\) did not start \(Log stream ended.*\)\. Its last lines: line 4 \|.*line 8$/);
});

test('without testcontainers the command that installs it is named', () => {
  expect(testcontainersMissing(new Error('x')).message).toContain(
    '`npm i -D testcontainers @testcontainers/localstack`',
  );
});
