import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeJsonError } from '../../../emulator/http/json-syntax.ts';

const VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
const at = (line: number, column: number) =>
  `\n at [Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); line: ${line}, column: ${column}]`;
const describeText = (text: string) => describeJsonError(Buffer.from(text));

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('what is wrong with a body that is not JSON', () => {
  // Recorded: TestLambdaErrors::test_lambda_invoke_payload_encoding_error, 2025-11.
  it('agrees with the two answers that were recorded from AWS', () => {
    const body = Buffer.from([0x6e, 0x87, 0x72, 0x9e, 0xe9, 0xb5, 0xd7, 0x49, 0xee, 0x9b, 0x6d, 0x74]);
    expect(describeJsonError(body)).toBe(`Invalid UTF-8 start byte 0x87${at(1, 3)}`);
    const message = Buffer.from([0x99, 0xeb, 0x2c, 0x6a, 0x07, 0xa1, 0x7a, 0x59, 0x68]);
    expect(describeJsonError(message)).toBe(
      `Unexpected character ((CTRL-CHAR, code 153)): expected a valid value ${VALUES}${at(1, 1)}`,
    );
  });

  it.each([
    ['hello', `Unrecognized token 'hello': was expecting ${VALUES}${at(1, 6)}`],
    ['nul', `Unrecognized token 'nul': was expecting ${VALUES}${at(1, 4)}`],
    ['trueish', `Unrecognized token 'trueish': was expecting ${VALUES}${at(1, 8)}`],
    ['größe', `Unrecognized token 'größe': was expecting ${VALUES}${at(1, 8)}`],
    ["{'a': 1}", `Unexpected character (''' (code 39)): was expecting double-quote to start field name${at(1, 2)}`],
    ['{a: 1}', `Unexpected character ('a' (code 97)): was expecting double-quote to start field name${at(1, 2)}`],
    [
      '{"a" 1}',
      `Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value${at(1, 6)}`,
    ],
    [
      '{"a":1 "b":2}',
      `Unexpected character ('"' (code 34)): was expecting comma to separate Object entries${at(1, 8)}`,
    ],
    ['[1 2]', `Unexpected character ('2' (code 50)): was expecting comma to separate Array entries${at(1, 4)}`],
    ['{"a":1,}', `Unexpected character ('}' (code 125)): was expecting double-quote to start field name${at(1, 8)}`],
    ['[1,]', `Unexpected character (']' (code 93)): expected a value${at(1, 4)}`],
    ['{"a":}', `Unexpected character ('}' (code 125)): expected a value${at(1, 6)}`],
    ['#', `Unexpected character ('#' (code 35)): expected a valid value ${VALUES}${at(1, 1)}`],
    [
      '{',
      `Unexpected end-of-input: expected close marker for Object (start marker at ${at(1, 1).slice(5)})${at(1, 2)}`,
    ],
    [
      '{"a": [',
      `Unexpected end-of-input: expected close marker for Array (start marker at ${at(1, 7).slice(5)})${at(1, 8)}`,
    ],
    ['{"a":', `Unexpected end-of-input within/between Object entries${at(1, 6)}`],
    ['{"a', `Unexpected end-of-input: was expecting closing '"' for name${at(1, 4)}`],
    ['"a', `Unexpected end-of-input in VALUE_STRING${at(1, 3)}`],
    ['  ', `No content to map due to end-of-input${at(1, 3)}`],
    ['01', `Invalid numeric value: Leading zeroes not allowed${at(1, 2)}`],
    [
      '-x',
      `Unexpected character ('x' (code 120)) in numeric value: expected digit (0-9) to follow minus sign, for valid numeric value${at(1, 2)}`,
    ],
    ['1.x', `Unexpected character ('x' (code 120)) in numeric value: Decimal point not followed by a digit${at(1, 3)}`],
    [
      '1ex',
      `Unexpected character ('x' (code 120)) in numeric value: Exponent indicator not followed by a digit${at(1, 3)}`,
    ],
    ['0D', `Unexpected character ('D' (code 68)): Expected space separating root-level values${at(1, 2)}`],
    ['{} oops', `Unrecognized token 'oops': was expecting ${VALUES}${at(1, 8)}`],
    [String.raw`"\x"`, `Unrecognized character escape 'x' (code 120)${at(1, 4)}`],
    [
      String.raw`"\u12G4"`,
      `Unexpected character ('G' (code 71)): expected a hex-digit for character escape sequence${at(1, 6)}`,
    ],
    [
      '"a\tb"',
      `Illegal unquoted character ((CTRL-CHAR, code 9)): has to be escaped using backslash to be included in string value${at(1, 4)}`,
    ],
  ])('%j', (text, expected) => {
    expect(describeText(text)).toBe(expected);
  });

  it('counts lines', () => {
    expect(describeText('{\n  "a": 1,\r\n  "b": oops\n}')).toContain(at(3, 13));
  });

  it('shows no more than 256 characters of a token', () => {
    expect(describeText('x'.repeat(100_000)).length).toBeLessThan(500);
  });

  it('takes a depth that would overflow a recursion', () => {
    expect(describeText('['.repeat(1_000_000))).toContain(at(1, 1_000_001));
  });

  it('finds a mistake with its position in everything that JSON.parse refuses', () => {
    const almostJson = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', '"', '{', ']', ',', ':', 'x', '\\', '-', '.', '\n', 'é', '\u0001'),
      )
      .map(([json, where, damage]) => {
        const index = where % (json.length + 1);
        return json.slice(0, index) + damage + json.slice(index + 1);
      });
    fc.assert(
      fc.property(almostJson, (text) => {
        const expected = isJson(text) ? /^Not valid JSON in UTF-8$/ : /line: \d+, column: \d+\]$/;
        expect(describeText(text)).toMatch(expected);
      }),
      { numRuns: 2_000 },
    );
  });
});
