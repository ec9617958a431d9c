import { createColors } from 'picocolors';
import { expect, test } from 'vitest';
import type { Output } from '../../../src/cli/io.ts';
import { showSteps } from '../../../src/cli/steps.ts';

function output(isTerminal: boolean): Output & { text: string } {
  const made = {
    text: '',
    isTerminal,
    columns: 80,
    colors: createColors(false),
    write(text: string): Promise<void> {
      made.text += text;
      return Promise.resolve();
    },
  };
  return made;
}

test('each step is a line at its end, and the one that has begun is known', () => {
  const to = output(false);
  using steps = showSteps(to, { isQuiet: false });
  steps.onStep({ name: 'bundle', phase: 'start' });
  expect([to.text, steps.current()]).toEqual(['', 'bundle']);
  steps.onStep({ name: 'bundle', phase: 'end', durationMs: 340.4, detail: '12 tasks' });
  steps.onStep({ name: 'wait', phase: 'start' });
  steps.onStep({ name: 'wait', phase: 'end', durationMs: 12_340 });
  expect(steps.current()).toBeUndefined();
  expect(to.text).toBe('✓ bundle                12 tasks  340 ms\n✓ wait                  12.3 s\n');
});

test('on a terminal the step that runs has a line of its own, which its end replaces', () => {
  const to = output(true);
  using steps = showSteps(to, { isQuiet: false });
  steps.onStep({ name: 'zip', phase: 'start' });
  expect(to.text).toBe('\r\u001B[K⠋ zip');
  steps.onStep({ name: 'zip', phase: 'end', durationMs: 1 });
  expect(to.text).toBe('\r\u001B[K⠋ zip\r\u001B[K✓ zip                   1 ms\n');
});

test('an end in the middle leaves an empty line behind', () => {
  const to = output(true);
  const steps = showSteps(to, { isQuiet: false });
  steps.onStep({ name: 'zip', phase: 'start' });
  steps[Symbol.dispose]();
  expect(to.text.endsWith('\r\u001B[K')).toBe(true);
  expect(steps.current()).toBe('zip');
});

test('nothing is told where somebody reads JSON', () => {
  const to = output(true);
  using steps = showSteps(to, { isQuiet: true });
  steps.onStep({ name: 'zip', phase: 'start' });
  steps.onStep({ name: 'zip', phase: 'end', durationMs: 1 });
  expect(to.text).toBe('');
});
