import picocolors from 'picocolors';
import { describe, expect, test } from 'vitest';
import { showRate, showSeconds, startProgress } from '../../../src/cli/progress.ts';
import type { Output } from '../../../src/cli/io.ts';

function recorded(isTerminal: boolean): { readonly output: Output; readonly text: () => string } {
  let text = '';
  const write = (more: string): Promise<void> => {
    text += more;
    return Promise.resolve();
  };
  const output = { isTerminal, columns: 80, colors: picocolors.createColors(false), write };
  return { output, text: () => text };
}

describe('startProgress()', () => {
  test('draws a bar with what is done and what has failed, and takes it away at the end', async () => {
    const { output, text } = recorded(true);
    const progress = await startProgress(output, 'math.f', 2);
    progress.advance(false);
    progress.advance(true);
    progress[Symbol.dispose]();
    expect(text()).toMatch(/math\.f .* 0\/2 .*math\.f +\u2588+ +2\/2 .*\/s +0 s left +1 failed/s);
    // To the first column, and the whole line cleared.
    expect(text().endsWith('\u001B[1G\u001B[2K')).toBe(true);
  });

  test('does not jump back over the lines that were printed meanwhile', async () => {
    const { output, text } = recorded(true);
    (await startProgress(output, 'math.f', 2))[Symbol.dispose]();
    expect(text()).not.toContain('\u001B7');
    expect(text()).not.toContain('\u001B8');
  });

  test('shows no total where there is none', async () => {
    const { output, text } = recorded(true);
    (await startProgress(output, 'math.f', undefined))[Symbol.dispose]();
    expect(text()).toContain('0 done');
    expect(text()).not.toContain('left');
  });

  test('is silent where there is no terminal', async () => {
    const { output, text } = recorded(false);
    const progress = await startProgress(output, 'math.f', 2);
    progress.advance(false);
    progress.makeRoom();
    progress[Symbol.dispose]();
    expect(text()).toBe('');
  });
});

test.each([
  [0.5234, '0.52'],
  [34.12, '34.1'],
  [1204.4, '1204'],
])('a rate of %d is shown as %s', (rate, shown) => expect(showRate(rate)).toBe(shown));

test.each([
  [0.2, '0 s'],
  [45, '45 s'],
  [185, '3 min 05 s'],
  [7_805, '2 h 10 min'],
])('%d seconds are shown as %s', (seconds, shown) => expect(showSeconds(seconds)).toBe(shown));
