/** What all benchmarks share: interleaved rounds, medians, ratios within one round, and the table that shows them. */

/** One thing that is measured against others. */
export interface Contestant {
  readonly name: string;
  /** Measures once and returns the figure in the unit of the table; throws if the work came out wrong. */
  measure(): Promise<number>;
}

/** A bound for the ratio to the baseline. */
export interface Target {
  readonly min?: number;
  readonly max?: number;
}

/** One line of a result. */
export interface Row {
  readonly name: string;
  /** Median of all rounds. */
  readonly value: number;
  readonly unit: string;
  /** Median over the rounds of the quotient of this figure and the baseline's in the same round. */
  readonly ratio?: number;
  readonly target?: Target;
  /** Whether the ratio keeps the target; absent without a target. */
  readonly kept?: boolean;
  /** All figures, in the order of the rounds. */
  readonly rounds: readonly number[];
}

/** What one benchmark found. */
export interface Result {
  readonly title: string;
  /** Name of the row that the ratios refer to. */
  readonly baseline?: string;
  readonly rows: readonly Row[];
  /** Anything a reader must know. */
  readonly note?: string;
}

/** How much to measure. */
export interface Effort {
  readonly rounds: number;
  /** Fewer repetitions, to see whether everything works. */
  readonly quick: boolean;
}

/** What `compare` measures, and how. */
export interface Comparison {
  readonly title: string;
  readonly unit: string;
  readonly contestants: readonly Contestant[];
  readonly rounds: number;
  readonly baseline?: string;
  readonly targets?: Readonly<Record<string, Target>>;
  readonly note?: string;
  /** Rounds that are run but not counted. Default: 1. */
  readonly warmups?: number;
}

/** The middle value; the mean of the two middle ones of an even number. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which the fraction `q` of the values lies, interpolated. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  return low + ((sorted[Math.ceil(at)] ?? low) - low) * (at % 1);
}

/**
 * Measures all contestants in turn, round after round (A B C, A B C ...), so that whatever else the machine does hits
 * all of them alike.
 */
export async function compare(comparison: Comparison): Promise<Result> {
  const { contestants, rounds, warmups = 1 } = comparison;
  const figures = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let round = -warmups; round < rounds; round++) {
    for (const contestant of contestants) {
      const figure = await contestant.measure();
      if (round >= 0) figures.get(contestant.name)?.push(figure);
    }
  }
  return tabulate(comparison, figures);
}

/** Medians and ratios of figures that were measured round by round. */
export function tabulate(
  comparison: Pick<Comparison, 'title' | 'unit' | 'baseline' | 'targets' | 'note'>,
  figures: ReadonlyMap<string, readonly number[]>,
): Result {
  const { title, unit, baseline, targets = {}, note } = comparison;
  const base = baseline === undefined ? undefined : figures.get(baseline);
  const rows = [...figures].map(([name, rounds]): Row => {
    const ratio = base && name !== baseline ? median(rounds.map((figure, i) => figure / (base[i] ?? 1))) : undefined;
    const target = targets[name];
    return {
      name,
      value: median(rounds),
      unit,
      rounds,
      ...(ratio !== undefined && { ratio }),
      ...(target !== undefined && { target }),
      ...(target !== undefined && ratio !== undefined && { kept: keeps(ratio, target) }),
    };
  });
  return { title, rows, ...(baseline !== undefined && { baseline }), ...(note !== undefined && { note }) };
}

function keeps(ratio: number, { min = -Infinity, max = Infinity }: Target): boolean {
  return ratio >= min && ratio <= max;
}

/** Seconds that `work` takes. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** Throws unless the benchmark's work gave what it must. */
export function check(right: boolean, what: string): void {
  if (!right) throw new Error(`${what}: wrong result`);
}
