import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callerOf } from '../../../emulator/http/caller.ts';
import { parseFunctionRef } from '../../../emulator/control/function-name.ts';
import { ServiceError } from '../../../emulator/service-error.ts';

const caller = { region: 'us-east-1', accountId: '000000000000' };
const parse = (name: string, qualifier?: string) => parseFunctionRef(name, qualifier, () => caller);
const ARN = 'arn:aws:lambda:us-east-1:000000000000:function';

function refusal(name: string, qualifier?: string): ServiceError {
  try {
    parse(name, qualifier);
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
  throw new Error(`${name} was accepted`);
}

function nameOrRefusal(name: string): string {
  try {
    return parse(name).functionName;
  } catch (error) {
    if (error instanceof ServiceError) return error.name;
    throw error;
  }
}

describe('the name of a function in a request', () => {
  it.each([
    ['f', 'f', undefined],
    ['f:live', 'f', 'live'],
    ['f:3', 'f', '3'],
    ['f:$LATEST', 'f', '$LATEST'],
    ['f:$LATEST.PUBLISHED', 'f', '$LATEST.PUBLISHED'],
    ['function:f', 'f', undefined],
    ['function:f:live', 'f', 'live'],
    ['000000000000:function:f', 'f', undefined],
    ['000000000000:function:f:7', 'f', '7'],
    ['us-east-1:000000000000:function:f', 'f', undefined],
    [`${ARN}:f`, 'f', undefined],
    [`${ARN}:f:live`, 'f', 'live'],
    [`${ARN}:math-helpers_2:$LATEST`, 'math-helpers_2', '$LATEST'],
    ['arn:aws-cn:lambda:us-east-1:000000000000:function:f', 'f', undefined],
    // AWS: without a name the word `function` is the name.
    [ARN, 'function', undefined],
    ['x'.repeat(65), 'x'.repeat(65), undefined],
  ])('%s is the function %s with the qualifier %s', (name, functionName, qualifier) => {
    expect(parse(name)).toEqual(qualifier === undefined ? { functionName } : { functionName, qualifier });
  });

  it('takes the qualifier of the query, and the same one twice', () => {
    expect(parse('f', 'live')).toEqual({ functionName: 'f', qualifier: 'live' });
    expect(parse('f:live', 'live')).toEqual({ functionName: 'f', qualifier: 'live' });
    // AWS: legal, and not found later on.
    expect(parse('f', '$latest')).toEqual({ functionName: 'f', qualifier: '$latest' });
  });

  it('refuses two different qualifiers in the words of AWS', () => {
    expect(refusal(`${ARN}:f:1`, '2')).toMatchObject({
      name: 'InvalidParameterValueException',
      status: 400,
      messageKey: 'message',
      extra: { Type: 'User' },
      message: 'The derived qualifier from the function name does not match the specified qualifier.',
    });
  });

  it('refuses a name with illegal characters in the words of AWS', () => {
    // Recorded: TestLambdaFunction::test_invalid_invoke, 2025-11.
    expect(refusal('arn:aws:lambda:us-east-1:123400000000@function:myfn')).toMatchObject({
      name: 'ValidationException',
      status: 400,
      messageKey: 'message',
      extra: {},
      message: String.raw`1 validation error detected: Value 'arn:aws:lambda:us-east-1:123400000000@function:myfn' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?`,
    });
  });

  it.each([
    'f f',
    '../f',
    'f/../g',
    'f\n',
    'f:1:2',
    'f:$latest',
    'arn:aws:s3:::bucket',
    'arn:aws:sns:us-east-1:000000000000:f',
    'arn:aws:lambda::000000000000:function:f',
    'arn:aws:lambda:us-east-1::function:f',
    'arn:aws:lambda:us_east_1:000000000000:function:f',
    '__proto__/f',
  ])('refuses %j', (name) => {
    expect(refusal(name).name).toBe('ValidationException');
  });

  it('counts the violations', () => {
    const { message } = refusal('f?', 'q?');
    expect(message).toMatch(
      /^2 validation errors detected: Value 'f\?' at 'functionName' .*; Value 'q\?' at 'qualifier' /,
    );
    expect(message).toContain(String.raw`pattern: \$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+`);
    expect(refusal('x'.repeat(257)).message).toContain('Member must have length less than or equal to 256');
    expect(refusal('f', 'x'.repeat(129)).message).toContain('Member must have length less than or equal to 128');
    expect(refusal('f', '').message).toMatch(/^2 validation errors detected: Value '' at 'qualifier'/);
  });

  it('does not reach another region', () => {
    expect(refusal('arn:aws:lambda:ap-southeast-1:000000000000:function:f')).toMatchObject({
      name: 'ResourceNotFoundException',
      status: 404,
      messageKey: 'Message',
      message: "Functions from 'ap-southeast-1' are not reachable in this region ('us-east-1')",
    });
  });

  it('does not reach another account, and says which one it has', () => {
    const error = refusal('arn:aws:lambda:us-east-1:111111111111:function:f');
    expect(error).toMatchObject({ name: 'AccessDeniedException', status: 403 });
    expect(error.message).toContain('arn:aws:iam::000000000000:root is not authorized');
    expect(error.message).toContain('arn:aws:lambda:us-east-1:111111111111:function:f');
  });

  it('an ARN that the emulator gave out is good for callers of other regions and accounts, too', () => {
    const elsewhere = { region: 'eu-west-1', accountId: '111111111111', home: caller };
    expect(parseFunctionRef(`${ARN}:f:3`, undefined, () => elsewhere)).toEqual({ functionName: 'f', qualifier: '3' });
  });

  it('never takes long over a name, nor lets one through that holds more than its characters', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (name) => {
        expect(nameOrRefusal(name)).toMatch(/^(ValidationException|[a-zA-Z0-9-_.]+)$/);
      }),
    );
  });
});

describe('who calls', () => {
  // As an emulator gives them: not own properties, which a spread would lose.
  class Home {
    get region(): string {
      return caller.region;
    }
    get accountId(): string {
      return caller.accountId;
    }
  }
  const fallback = new Home();
  const signed = (scope: string) =>
    `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=0123456789abcdef`;

  it('the region is the one of the signature', () => {
    expect(callerOf(signed('local/20261122/eu-central-1/lambda/aws4_request'), fallback)).toMatchObject({
      region: 'eu-central-1',
      accountId: '000000000000',
    });
  });

  it('a key id of 12 digits is an account', () => {
    expect(callerOf(signed('123456789012/20261122/us-east-1/lambda/aws4_request'), fallback).accountId).toBe(
      '123456789012',
    );
  });

  it.each([undefined, '', 'Bearer token', signed(''), signed('a/b'), signed("x/y/'; drop/lambda/aws4_request")])(
    'without a signature that can be read (%s) it is the emulator itself',
    (authorization) => {
      expect(callerOf(authorization, fallback)).toMatchObject(caller);
    },
  );
});
