import { describe, expect, test } from 'vitest';
import { LogBuffer, tailOf } from '../../../emulator/invocations/log-buffer.ts';

describe('a log buffer', () => {
  test('keeps all of a short log', () => {
    const log = new LogBuffer();
    for (let index = 0; index < 1000; index += 1) log.append(`line ${index}\n`);
    expect(String(log)).toBe(Array.from({ length: 1000 }, (_, index) => `line ${index}\n`).join(''));
  });

  test.each([
    ['one huge write', ['x'.repeat(3_000_000), 'END']],
    ['many writes', [...Array.from({ length: 3000 }, () => 'x'.repeat(1000)), 'END']],
  ])('keeps the beginning and the end after %s, and says how much went', (_, writes) => {
    const log = new LogBuffer();
    log.append('BEGIN');
    for (const text of writes) log.append(text);
    const text = String(log);
    const cut = /\n\[(\d+) characters of the log are left out here\]\n/.exec(text);
    expect(text.startsWith('BEGINx')).toBe(true);
    expect(text.endsWith('xEND')).toBe(true);
    const kept = text.length - (cut?.[0].length ?? 0);
    expect(kept).toBe(1_048_576);
    expect(kept + Number(cut?.[1])).toBe(3_000_008);
    expect(String(log)).toBe(text);
  });
});

describe('the tail of a log', () => {
  test.each([0, 1, 100, 4096])('of %i bytes is the log', (length) => {
    expect(tailOf('x'.repeat(length))).toBe('x'.repeat(length));
  });

  test('is the last 4,096 bytes', () => {
    expect(tailOf(`a${'b'.repeat(4096)}`)).toBe('b'.repeat(4096));
  });

  test.each(['é', '世', '🌍'])('begins with a whole character (%s)', (character) => {
    for (const shift of ['', 'x', 'xx', 'xxx']) {
      const tail = tailOf(character.repeat(5000) + shift);
      expect(tail).toMatch(new RegExp(`^${character}+${shift}$`, 'u'));
      const bytes = Buffer.byteLength(tail);
      expect(bytes).toBeLessThanOrEqual(4096);
      expect(bytes).toBeGreaterThan(4096 - 4);
    }
  });
});
