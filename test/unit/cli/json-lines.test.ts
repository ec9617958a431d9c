import { describe, expect, test } from 'vitest';
import { readJsonLines } from '../../../src/cli/json-lines.ts';

async function* chunks(...parts: readonly (string | Uint8Array)[]): AsyncGenerator<string | Uint8Array> {
  yield* parts;
}

async function values(...parts: readonly (string | Uint8Array)[]): Promise<unknown[]> {
  const read: unknown[] = [];
  for await (const { line, value } of readJsonLines(chunks(...parts), 'items')) read.push([line, value]);
  return read;
}

describe('readJsonLines()', () => {
  test('reads a value from each line, the last one with or without its end', async () => {
    expect(await values('1\n"two"\n')).toEqual([
      [1, 1],
      [2, 'two'],
    ]);
    expect(await values('1\n{"a":[2]}')).toEqual([
      [1, 1],
      [2, { a: [2] }],
    ]);
  });

  test('passes over empty lines and counts them', async () => {
    expect(await values('\n1\n\n  \r\n2\r\n\n')).toEqual([
      [2, 1],
      [5, 2],
    ]);
  });

  test('joins lines and characters that are split over chunks', async () => {
    const bytes = Buffer.from('"grün"\n[1,2]\n');
    const cut = bytes.indexOf(0xbc);
    expect(await values(bytes.subarray(0, cut), bytes.subarray(cut, cut + 3), bytes.subarray(cut + 3))).toEqual([
      [1, 'grün'],
      [2, [1, 2]],
    ]);
  });

  test('passes over a byte order mark', async () => {
    expect(await values(Buffer.from('\uFEFF1\n'))).toEqual([[1, 1]]);
  });

  test('gives nothing for an empty input', async () => {
    expect(await values()).toEqual([]);
    expect(await values('')).toEqual([]);
  });

  test('names the line that is not JSON, after the lines before it came out', async () => {
    const lines = readJsonLines(chunks('1\n{bad}\n3\n'), 'items.jsonl');
    expect(await lines.next()).toEqual({ done: false, value: { line: 1, value: 1 } });
    await expect(lines.next()).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringMatching(/^items\.jsonl, line 2 is not JSON \(.+\): \{bad\}$/),
    });
  });

  test('asks its input only for what it needs', async () => {
    let asked = 0;
    async function* endless(): AsyncGenerator<string> {
      for (;;) {
        asked += 1;
        yield `${asked}\n`;
      }
    }
    const lines = readJsonLines(endless(), 'items');
    await lines.next();
    await lines.next();
    expect(asked).toBe(2);
  });

  test('closes its input when it is no longer read', async () => {
    let closed = false;
    async function* input(): AsyncGenerator<string> {
      try {
        yield '1\n2\n';
        yield '3\n';
      } finally {
        closed = true;
      }
    }
    for await (const { value } of readJsonLines(input(), 'items')) if (value === 2) break;
    expect(closed).toBe(true);
  });
});
