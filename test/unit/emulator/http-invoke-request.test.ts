import { validateHeaderValue } from 'node:http';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headerText, newTraceId } from '../../../emulator/http/headers.ts';
import { parseInvokeHeaders, parsePayload, parseRequestId } from '../../../emulator/http/invoke-request.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('the headers of an Invoke', () => {
  it('defaults are a synchronous call without a log tail', () => {
    expect(parseInvokeHeaders({})).toEqual({ invocationType: 'RequestResponse', logType: 'None' });
  });

  it('takes the types that Lambda has, and names them when it gets another', () => {
    expect(parseInvokeHeaders({ 'x-amz-invocation-type': 'DryRun', 'x-amz-log-type': 'Tail' })).toEqual({
      invocationType: 'DryRun',
      logType: 'Tail',
    });
    expect(() => parseInvokeHeaders({ 'x-amz-invocation-type': 'event' })).toThrow(
      "1 validation error detected: Value 'event' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [Event, RequestResponse, DryRun]",
    );
    expect(() => parseInvokeHeaders({ 'x-amz-log-type': 'All' })).toThrow("at 'logType'");
  });

  it('decodes the client context, for synchronous calls only', () => {
    const context = base64('{"custom":{"a":"ü"}}');
    expect(parseInvokeHeaders({ 'x-amz-client-context': context }).clientContext).toBe('{"custom":{"a":"ü"}}');
    const event = { 'x-amz-client-context': context, 'x-amz-invocation-type': 'Event' };
    expect(parseInvokeHeaders(event)).not.toHaveProperty('clientContext');
  });

  it.each(['string', '!!!', base64('not json'), base64('[1]'), base64('null'), Buffer.from([0x87]).toString('base64')])(
    'refuses the client context %s',
    (context) => {
      expect(() => parseInvokeHeaders({ 'x-amz-client-context': context })).toThrow(
        'Client context must be a valid Base64-encoded JSON object.',
      );
    },
  );

  it('a client context may have 3,583 bytes of base64 and no more', () => {
    const text = (length: number) => `{"a":"${'x'.repeat(length)}"}`;
    expect(base64(text(2_676)).length).toBe(3_580);
    expect(parseInvokeHeaders({ 'x-amz-client-context': base64(text(2_676)) }).clientContext).toHaveLength(2_684);
    expect(() => parseInvokeHeaders({ 'x-amz-client-context': base64(text(2_680)) })).toThrow(/3583 bytes.*got 3584/);
  });

  it('a wished request id must be a UUID', () => {
    expect(parseRequestId({})).toBeUndefined();
    expect(parseRequestId({ 'x-amzn-requestid': '4F9B8A3E-0000-4000-8000-00000000000A' })).toBe(
      '4f9b8a3e-0000-4000-8000-00000000000a',
    );
    expect(() => parseRequestId({ 'x-amzn-requestid': 'mine' })).toThrow(/x-amzn-RequestId header.*UUID: mine/);
  });

  it('refuses what it cannot keep: tenants and durable executions', () => {
    expect(() => parseInvokeHeaders({ 'x-amz-tenant-id': 'blue' })).toThrow('X-Amz-Tenant-Id');
    expect(() => parseInvokeHeaders({ 'x-amz-durable-execution-name': 'x' })).toThrow('X-Amz-Durable-Execution-Name');
  });
});

describe('the body of an Invoke', () => {
  it('an empty one is {}, any JSON value is handed on as it came', () => {
    expect(parsePayload(Buffer.alloc(0), 'RequestResponse')).toBe('{}');
    for (const text of ['null', ' 5 ', '"ü"', '{"a":\n1}', '[]']) {
      expect(parsePayload(Buffer.from(text), 'RequestResponse')).toBe(text);
    }
  });

  it.each([Buffer.from('{'), Buffer.from([0x22, 0xff, 0x22]), Buffer.from([0x22, 0xc0, 0x80, 0x22]), Buffer.from(' ')])(
    'refuses %s: it is not JSON in UTF-8',
    (body) => {
      expect(() => parsePayload(body, 'RequestResponse')).toThrow(
        /^Could not parse request body into json: Could not parse payload into json: /,
      );
    },
  );

  it('an Event may have 1,048,576 bytes and no more', () => {
    const body = (length: number) => Buffer.from(`"${'x'.repeat(length - 2)}"`);
    expect(parsePayload(body(1_048_576), 'Event')).toHaveLength(1_048_576);
    expect(parsePayload(body(1_048_577), 'RequestResponse')).toHaveLength(1_048_577);
    expect(() => parsePayload(body(1_048_577), 'Event')).toThrow(
      '1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)',
    );
  });
});

describe('header values of ours', () => {
  it('any text becomes a legal value of one line', () => {
    expect(headerText('tasks/größe.ts:3:7: Expected ")"\n  3 | f(')).toBe(
      String.raw`tasks/gr\u{f6}\u{df}e.ts:3:7: Expected ")" 3 | f(`,
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (text) => {
        expect(() => validateHeaderValue('x', headerText(text))).not.toThrow();
        expect(headerText(text).length).toBeLessThanOrEqual(1_000);
      }),
    );
  });

  it('a trace header has the form that Lambda makes', () => {
    expect(newTraceId()).toMatch(
      /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=1:[0-9a-f]{8}:0$/,
    );
    expect(newTraceId()).not.toBe(newTraceId());
  });
});
