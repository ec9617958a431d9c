/** The shape of a task manifest. Made at build time by the bundler, read by the agent, the pool and the command line. */

/** One parameter of a task, as written in its source. */
export interface TaskParameter {
  readonly name: string;
  /** False for `n?: number`, `n = 1` and `...rest`. */
  readonly required: boolean;
  /** True for `...rest`: takes all further positional arguments and cannot be named in `kwds`. */
  readonly rest?: true;
}

/** One task: an exported function of a task module. */
export interface TaskEntry {
  /** Key of the module in the agent's table of modules: `math`, `pipeline.forecast`. */
  readonly module: string;
  /** Name of the export within the module. */
  readonly export: string;
  /**
   * Parameters in order, or null where they are not all plain names (destructuring) or not known at build time
   * (`export const f = memoize(g)`): such a task takes `args` only.
   */
  readonly params: readonly TaskParameter[] | null;
  /** Text of the doc comment above the function, without its decoration. */
  readonly doc?: string;
  /** Source file relative to the tasks root, with forward slashes. */
  readonly file: string;
  /** 1-based line of the declaration. */
  readonly line: number;
  /** SHA-256 (hex, 16 characters) of the built module that holds the task, its shared helpers included. */
  readonly hash: string;
}

/** All tasks of one bundle, by name (`math.fibonacci`). */
export interface Manifest {
  readonly version: 1;
  /** SHA-256 (hex, 16 characters) over the whole bundle: equal exactly if the code is equal. */
  readonly hash: string;
  readonly tasks: Readonly<Record<string, TaskEntry>>;
}
