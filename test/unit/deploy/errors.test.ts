import { describe, expect, test } from 'vitest';
import { explainFailure } from '../../../src/deploy/errors.ts';
import { LambdaPoolError } from '../../../src/shared/errors.ts';
import { RequestFailure } from '../../../src/transport/lambda/http-handler.ts';

const AWS = { region: 'eu-central-1', profile: undefined, endpoint: undefined };
const facts = { action: 'lambda:CreateFunction', functionName: 'helpers', target: AWS };

const answer = (name: string, status: number, message: string): Error =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status, requestId: 'r-1' } });

describe('explainFailure', () => {
  test.each([
    {
      name: 'AccessDeniedException',
      status: 403,
      code: 'ACCESS_DENIED',
      says: ['lambda:CreateFunction', 'helpers', '`lambdapool policy`'],
    },
    {
      name: 'AccessDenied',
      status: 403,
      code: 'ACCESS_DENIED',
      says: ['Allow these credentials', 'lambda:CreateFunction'],
    },
    { name: 'UnrecognizedClientException', status: 403, code: 'ACCESS_DENIED', says: ['Check the credentials'] },
    { name: 'InvalidClientTokenId', status: 403, code: 'ACCESS_DENIED', says: ['Check the credentials'] },
    { name: 'InvalidAccessKeyId', status: 403, code: 'ACCESS_DENIED', says: ['Check the credentials'] },
    { name: 'ExpiredTokenException', status: 403, code: 'ACCESS_DENIED', says: ['Renew the credentials'] },
    { name: 'TooManyRequestsException', status: 429, code: 'THROTTLED', says: ['Wait a minute', 'Run it again'] },
    { name: 'Throttling', status: 400, code: 'THROTTLED', says: ['Wait a minute'] },
    { name: 'SlowDown', status: 503, code: 'THROTTLED', says: ['Wait a minute'] },
    {
      name: 'ResourceNotFoundException',
      status: 404,
      code: 'FUNCTION_NOT_FOUND',
      says: ['helpers', 'region eu-central-1', '`lambdapool create helpers`'],
    },
    { name: 'CodeStorageExceededException', status: 400, code: 'DEPLOY_FAILED', says: ['no room', 'delete functions'] },
    { name: 'LimitExceeded', status: 409, code: 'DEPLOY_FAILED', says: ['A quota', 'ask AWS'] },
    { name: 'ServiceQuotaExceededException', status: 402, code: 'DEPLOY_FAILED', says: ['A quota'] },
    { name: 'RequestEntityTooLargeException', status: 413, code: 'PAYLOAD_TOO_LARGE', says: ['too large'] },
    { name: 'InvalidParameterValueException', status: 400, code: 'OPTION_INVALID', says: ['A setting of helpers'] },
    { name: 'ResourceConflictException', status: 409, code: 'DEPLOY_FAILED', says: ['another change', 'Run it again'] },
    { name: 'ServiceException', status: 500, code: 'DEPLOY_FAILED', says: ['500', 'Run it again'] },
    { name: 'Teapot', status: 418, code: 'DEPLOY_FAILED', says: ['lambda:CreateFunction was refused'] },
  ])('tells $name $status as $code', ({ name, status, code, says }) => {
    const error = explainFailure(answer(name, status, 'What AWS said.'), facts);
    expect(error).toMatchObject({ code, details: { awsCode: name, status, action: 'lambda:CreateFunction' } });
    for (const part of [...says, `${name}: What AWS said`]) {
      if (name !== 'ResourceNotFoundException' || part !== `${name}: What AWS said`)
        expect(error.message).toContain(part);
    }
  });

  test('says where nobody listens and what could', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:3001'), { code: 'ECONNREFUSED' });
    const failure = new RequestFailure(cause.message, { sent: false, origin: 'http://127.0.0.1:3001', cause });
    const error = explainFailure(failure, facts);
    expect(error).toMatchObject({ code: 'UNREACHABLE', retryable: true, details: { systemCode: 'ECONNREFUSED' } });
    expect(error.message).toContain('Cannot reach http://127.0.0.1:3001 for lambda:CreateFunction');
    expect(error.message).toContain('`lambdapool dev`');
  });

  test('points to network and region where AWS cannot be reached', () => {
    const origin = 'https://lambda.eu-nowhere-1.amazonaws.com';
    const error = explainFailure(new RequestFailure('getaddrinfo ENOTFOUND', { sent: false, origin }), facts);
    expect(error.message).toContain('Check the network and the region');
  });

  test('does not claim that nothing happened when the answer was lost', () => {
    const origin = 'http://127.0.0.1:3001';
    const error = explainFailure(new RequestFailure('socket hang up', { sent: true, origin }), facts);
    expect(error).toMatchObject({ code: 'UNREACHABLE', retryable: true });
    expect(error.message).toContain('ended before the answer');
    expect(error.message).toContain('goes on where it stopped');
  });

  test.each([
    { error: new Error('Region is missing'), code: 'OPTION_INVALID', says: 'AWS_REGION' },
    {
      error: Object.assign(new Error('Could not load credentials from any providers'), {
        name: 'CredentialsProviderError',
      }),
      code: 'ACCESS_DENIED',
      says: 'AWS_ACCESS_KEY_ID',
    },
    { error: new Error('What is this?'), code: 'BUG', says: 'What is this?' },
    { error: 'a string', code: 'BUG', says: 'a string' },
  ])('tells what fails before anything is sent: $says', ({ error, code, says }) => {
    const told = explainFailure(error, facts);
    expect(told.code).toBe(code);
    expect(told.message).toContain(says);
  });

  test('hands its own errors on as they are', () => {
    const error = new LambdaPoolError('BUILD_FAILED', 'x');
    expect(explainFailure(error, facts)).toBe(error);
  });
});
