/** What the type of a pool's tasks says about a call: which names there are, what goes in, what comes out. Types only. */

declare const signature: unique symbol;
declare const refused: unique symbol;
declare const inferred: unique symbol;

/**
 * The type of tasks that nobody has described: every name goes. `any`, so that a typed pool may be passed where an untyped
 * one is expected.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- `unknown` makes the compiler compare all methods, and refuse
export type Untyped = any;

/** A function that may be a task. */
export type TaskFunction = (...args: never[]) => unknown;

/**
 * A task in a declaration that `lambdapool tasks --types` wrote: its function, and the position of each parameter that can
 * be given by name, or null if there is none. Optional parameters are optional here.
 * @example
 * interface Tasks { math: { power: Task<typeof import('./tasks/math.ts').power, { base: 0; exponent?: 1 }> } }
 */
export interface Task<F extends TaskFunction, Positions = null> {
  readonly [signature]: { readonly fn: F; readonly positions: Positions };
}

/** Stands where no value fits; the compiler's message shows why. */
interface Refused<Why extends string> {
  readonly [refused]: Why;
}

/** Result type of a call that names none: it follows from the task. */
export interface Inferred {
  readonly [inferred]: never;
}

/**
 * Full name of a task in `Tasks`: `'math.fibonacci'`. Exports that are no functions, classes and `default` have none.
 * Any string where the tasks are unknown.
 */
export type TaskName<Tasks> = unknown extends Tasks ? string : keyof ByName<Tasks> & string;

/** What a call may name its task by: the full name or, where the pool was given its modules, the function itself. */
export type TaskRef<Tasks> = unknown extends Tasks ? string : TaskName<Tasks> | TaskFunction;

/** Arguments by position. */
export type ArgumentsOf<Tasks, Ref> = unknown extends Tasks ? readonly unknown[] : Arguments<FunctionOf<Tasks, Ref>>;

/** An element of `starmap`. */
export type ArgumentListOf<Tasks, Ref> = unknown extends Tasks ? Iterable<unknown> : Arguments<FunctionOf<Tasks, Ref>>;

/** An item of `map`: the only argument that a call gets. */
export type ItemOf<Tasks, Ref> = unknown extends Tasks ? unknown : Item<FunctionOf<Tasks, Ref>>;

/** What a call resolves with: `Result` if the caller named one, else what the task returns or its promise resolves with. */
export type ResultOf<Tasks, Ref, Result = Inferred> = [Result] extends [Inferred]
  ? unknown extends Tasks
    ? unknown
    : Returned<FunctionOf<Tasks, Ref>>
  : Result;

/** Parameters of `apply` after the task. They may be left out where the task needs no argument. */
export type ApplyParameters<Tasks, Ref, Options> = unknown extends Tasks
  ? [options?: Options & AnyArguments]
  : [] extends ArgumentsOf<Tasks, Ref>
    ? [options?: Options & Optional<ArgumentsOf<Tasks, Ref>, KwdsOf<Tasks, Ref>>]
    : [options: Options & Needed<ArgumentsOf<Tasks, Ref>, KwdsOf<Tasks, Ref>>];

interface AnyArguments {
  readonly args?: readonly unknown[] | undefined;
  readonly kwds?: AnyKwds | undefined;
}

type AnyKwds = Readonly<Record<string, unknown>>;

// Some by position and others by name; all by name; all by position. The last stands last, because the compiler explains
// a misfit by the last member.
type Needed<Args, Kwds> =
  | { readonly args: Partial<Args>; readonly kwds: Partial<Kwds> }
  | { readonly args?: readonly []; readonly kwds: Kwds }
  | { readonly args: Args; readonly kwds?: undefined };

type Optional<Args, Kwds> =
  | { readonly args: Partial<Args>; readonly kwds: Partial<Kwds> }
  | { readonly args?: readonly []; readonly kwds: Kwds }
  | { readonly args?: Args | undefined; readonly kwds?: undefined };

/** Arguments by name; checked only where the type of the tasks is a generated declaration. */
type KwdsOf<Tasks, Ref> =
  LeafOf<Tasks, Ref> extends Task<infer F, infer Positions> ? Named<Parameters<F>, Positions> : AnyKwds;

type Named<Args, Positions> = Positions extends null
  ? Refused<'This task takes no arguments by name.'>
  : { readonly [Name in keyof Positions]: Args[Positions[Name] & keyof Args] };

type FunctionOf<Tasks, Ref> = Ref extends TaskFunction ? Ref : FunctionIn<LeafOf<Tasks, Ref>>;

/** Where a name leads. Most are found by walking, which costs little; those that begin with a dotted key are not. */
type LeafOf<Tasks, Name> = [Walk<Tasks, Name>] extends [never]
  ? Name extends keyof ByName<Tasks>
    ? ByName<Tasks>[Name]
    : never
  : Walk<Tasks, Name>;

type Walk<Node, Name> = Name extends keyof Level<Node>
  ? Level<Node>[Name]
  : Name extends `${infer First}.${infer Rest}`
    ? First extends keyof Level<Node>
      ? Walk<Level<Node>[First], Rest>
      : never
    : never;

/** All arguments of a function. */
export type Arguments<F> = F extends (...args: infer Args) => unknown ? Readonly<Args> : never;

/** The argument of a function that can be called with one. */
export type Item<F> =
  Arguments<F> extends readonly []
    ? Refused<'This task takes no argument: call it with apply.'>
    : Arguments<F> extends readonly [(infer First)?, ...infer Rest]
      ? [] extends Rest
        ? First
        : Refused<'This task needs more than one argument: use starmap.'>
      : unknown;

/** What a call of a function resolves with. */
export type Returned<F> = F extends (...args: never[]) => infer Result ? Awaited<Result> : never;

/** The function of a leaf of the tree of tasks. */
export type FunctionIn<Leaf> = Leaf extends Task<infer F, infer _> ? F : Leaf;

/** A task in the tree of tasks. */
export type Leaf = TaskFunction | { readonly [signature]: unknown };

/**
 * What a level of the tree holds: tasks and further levels. An object with functions of its own is a module, whose other
 * exports are no tasks; any other object is a folder.
 */
export type Level<Node> = {
  readonly [
    Key in keyof Node as Key extends 'default'
      ? never
      : Node[Key] extends Leaf
        ? Key
        : Node[Key] extends NoFolder
          ? never
          : HasFunction<Node> extends true
            ? never
            : Key
  ]: Node[Key];
};

type NoFolder = string | number | bigint | boolean | symbol | null | undefined | readonly unknown[];

type HasFunction<Node> = true extends { [Key in keyof Node]: Node[Key] extends TaskFunction ? true : false }[keyof Node]
  ? true
  : false;

/** All tasks by full name. */
type ByName<Tasks> =
  Entries<Tasks, ''> extends infer Found extends Entry ? { [Each in Found as Each[0]]: Each[1] } : never;

type Entry = readonly [name: string, task: unknown];

type Entries<Node, Prefix extends string, Tasks = Level<Node>> = {
  [Key in keyof Tasks & string]: Tasks[Key] extends Leaf
    ? readonly [`${Prefix}${Key}`, Tasks[Key]]
    : Entries<Tasks[Key], `${Prefix}${Key}.`>;
}[keyof Tasks & string];
