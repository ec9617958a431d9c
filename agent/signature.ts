/** Binds positional and keyword arguments to the parameters of a task, with Python's rules and Python's words. */
import type { TaskEntry, TaskParameter } from './manifest.ts';

export class Signature {
  readonly #name: string;
  readonly #params: readonly TaskParameter[] | null;
  readonly #positions: ReadonlyMap<string, number>;
  /** Positional arguments that a call without keywords needs at least, and may have at most. */
  readonly #least: number;
  readonly #most: number;

  constructor(entry: Pick<TaskEntry, 'export' | 'params'>) {
    const params = entry.params ?? [];
    const hasRest = entry.params === null || params.some((param) => param.rest === true);
    this.#name = entry.export;
    this.#params = entry.params;
    this.#positions = new Map(params.flatMap((param, at) => (param.rest === true ? [] : [[param.name, at] as const])));
    this.#least = params.findLastIndex((param) => param.required) + 1;
    this.#most = hasRest ? Infinity : params.length;
  }

  /**
   * The positional arguments to call with; what `kwds` leaves out before a later name is undefined, so defaults apply.
   * @throws {TypeError} worded like Python's.
   */
  bind(args: readonly unknown[], kwds?: Readonly<Record<string, unknown>>): readonly unknown[] {
    const names = kwds === undefined ? [] : Object.keys(kwds);
    if (kwds !== undefined && names.length > 0) return this.#bindNames(args, kwds, names);
    if (args.length > this.#most) throw this.#tooMany(args.length);
    if (args.length < this.#least) throw this.#missing(args.length, {});
    return args;
  }

  // In Python's order: each name, then too many positional ones, then missing ones.
  #bindNames(
    args: readonly unknown[],
    kwds: Readonly<Record<string, unknown>>,
    names: readonly string[],
  ): readonly unknown[] {
    if (this.#params === null) {
      throw new TypeError(
        `${this.#name}() takes no keyword arguments: its parameters are not all plain names that are known when it is ` +
          `built. Give them in order, as \`args\`.`,
      );
    }
    const bound = [...args];
    for (const name of names) {
      const at = this.#positions.get(name);
      if (at === undefined) throw new TypeError(`${this.#name}() got an unexpected keyword argument '${cut(name)}'`);
      if (at < args.length) throw new TypeError(`${this.#name}() got multiple values for argument '${name}'`);
      bound[at] = kwds[name];
    }
    if (args.length > this.#most) throw this.#tooMany(args.length);
    const missing = this.#params.some(
      (param, at) => param.required && at >= args.length && !Object.hasOwn(kwds, param.name),
    );
    if (missing) throw this.#missing(args.length, kwds);
    return bound;
  }

  #tooMany(given: number): TypeError {
    const required = this.#params?.filter((param) => param.required).length ?? 0;
    const takes = required < this.#most ? `from ${required} to ${this.#most}` : `${this.#most}`;
    const plural = required < this.#most || this.#most !== 1 ? 's' : '';
    return new TypeError(
      `${this.#name}() takes ${takes} positional argument${plural} but ${given} ${given === 1 ? 'was' : 'were'} given`,
    );
  }

  #missing(given: number, kwds: Readonly<Record<string, unknown>>): TypeError {
    const names = (this.#params ?? [])
      .filter((param, at) => param.required && at >= given && !Object.hasOwn(kwds, param.name))
      .map((param) => `'${param.name}'`);
    const plural = names.length === 1 ? '' : 's';
    return new TypeError(
      `${this.#name}() missing ${names.length} required positional argument${plural}: ${enumerate(names)}`,
    );
  }
}

/** `a`, `a and b`, `a, b, and c`. */
function enumerate(names: readonly string[]): string {
  if (names.length < 3) return names.join(' and ');
  return `${names.slice(0, -1).join(', ')}, and ${names.at(-1)}`;
}

function cut(name: string): string {
  return name.length > 100 ? `${name.slice(0, 100)}...` : name;
}
