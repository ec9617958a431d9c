// The demo as a stranger runs it: from any folder, to the end, with exit code 0.
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { loadSeries } from '../../fixtures/demo/series.ts';
import { digits } from '../../fixtures/demo/table.ts';
import { compute } from '../../fixtures/tasks/forecast.ts';

const run = promisify(execFile);
const DEMO = fileURLToPath(new URL('../../fixtures/demo/forecast.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');

describe('npm run demo', () => {
  test('forecasts every series from any folder, prints table and totals, and ends by itself', async () => {
    // execFile rejects for any exit code but 0.
    const { stdout } = await run(process.execPath, ['--import', TSX, DEMO], { cwd: tmpdir(), timeout: 100_000 });
    const series = await loadSeries();
    expect(series).toHaveLength(51);

    const rows = stdout.split('\n').filter((line) => / (?:additive|multiplicative) .*(?:yes|no)$/.test(line));
    expect(rows).toHaveLength(series.length);
    for (const [i, { name, values }] of series.entries()) {
      expect(rows[i]?.startsWith(name)).toBe(true);
      expect(rows[i]).toContain(` ${digits(values.at(-1) ?? Number.NaN)} `);
    }

    // One of them computed again, here: the table shows what the task returned.
    const last = series.length - 1;
    const { forecast, backtest, naive, season } = compute(series[last]?.values ?? []);
    const expected = [digits(forecast[0] ?? Number.NaN), season, backtest.smape.toFixed(1), naive.smape.toFixed(1)];
    for (const cell of expected) expect(rows[last]).toContain(` ${cell}`);

    const better = rows.filter((line) => line.endsWith('yes')).length;
    expect(stdout).toContain(`${better} of 51 series are forecast better than by the naive forecast.`);
    expect(stdout).toMatch(/\d+\.\d\d s with \d+ workers? in \d+ environments?, \d+\.\d\d s with 1 worker: /);
    expect(stdout).toContain('1 worker  : 51 of 51 series');
  });
});
