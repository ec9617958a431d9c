/** What the pages about command line and configuration say is all that there is. */
import { readFileSync } from 'node:fs';
import { createColors } from 'picocolors';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import type { Io, Output } from '../../../src/cli/io.ts';
import { createProgram } from '../../../src/cli/program.ts';
import { CONFIG_KEYS } from '../../../src/config/check-config.ts';

function page(name: string): string {
  return readFileSync(new URL(`../../../docs/${name}.md`, import.meta.url), 'utf8');
}

const OUTPUT: Output = {
  isTerminal: false,
  columns: Infinity,
  colors: createColors(false),
  write: () => Promise.resolve(),
};

function commands(): readonly Command[] {
  const { signal } = new AbortController();
  const nothing: AsyncIterable<string> = {
    [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
  };
  const stdin = { isTerminal: false, close: () => undefined, ...nothing };
  const io: Io = { stdin, stdout: OUTPUT, stderr: OUTPUT, env: {}, outputClosed: signal };
  return [...createProgram({ io, signal, setExitCode: () => undefined }, { isBare: false }).commands];
}

test('docs/configuration.md describes every key', () => {
  const text = page('configuration');
  expect(CONFIG_KEYS.filter((key) => !text.includes(`\`${key}\``))).toEqual([]);
});

describe('docs/cli.md describes', () => {
  const text = page('cli');

  test('every command', () => {
    const named = [...text.matchAll(/^\| `(\w+)[^`]*` +\|/gm)].map(([, name]) => name);
    expect(named.filter((name) => name !== undefined).sort()).toEqual(
      commands()
        .map((command) => command.name())
        .sort(),
    );
  });

  test.each(['create', 'update', 'list', 'delete', 'logs', 'doctor', 'policy'])('every option of %s', (name) => {
    const options = commands().find((command) => command.name() === name)?.options ?? [];
    expect(options.length).toBeGreaterThan(0);
    expect(options.map(({ long }) => long ?? '').filter((long) => !text.includes(long))).toEqual([]);
  });
});
