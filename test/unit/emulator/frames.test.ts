import { array, assert, integer, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameReader, frameHeader } from '../../../emulator/sandbox/frames.ts';

const frame = (message: string): Buffer => Buffer.from(frameHeader(Buffer.byteLength(message)) + message);

describe('frames', () => {
  test('come out as they went in, however the stream is cut', () => {
    assert(
      property(
        array(string({ unit: 'grapheme', maxLength: 40 })),
        array(integer({ min: 1, max: 30 })),
        (messages, cuts) => {
          const seen: string[] = [];
          const reader = new FrameReader((message) => seen.push(message));
          let stream = Buffer.concat(messages.map(frame));
          for (const cut of cuts) {
            reader.push(stream.subarray(0, cut));
            stream = stream.subarray(cut);
          }
          if (stream.length > 0) reader.push(stream);
          expect(seen).toEqual(messages);
        },
      ),
    );
  });

  test.each(['hello world', '0000000Z', '+0000001'])('%j is refused: somebody else wrote to the channel', (text) => {
    const reader = new FrameReader(() => {});
    expect(() => reader.push(Buffer.from(text))).toThrow('Something else than the runtime wrote to the channel.');
  });
});
