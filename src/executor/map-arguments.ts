/** What an executor's `map` takes after the task: an iterable for each parameter, and then its options. Types only. */
import type { Items } from '../pool/source.ts';
import type { ArgumentsOf, Untyped } from '../typed/task-types.ts';
import type { ExecutorMapOptions } from './options.ts';

/** Iterables for a map, and then its options. */
export type ExecutorMapArguments<Tasks = Untyped, Ref = string> = unknown extends Tasks
  ? Columns<readonly unknown[]>
  : Columns<ArgumentsOf<Tasks, Ref>>;

/** One for each required argument, some or all of the optional ones, and any number where the function takes any number. */
type Columns<Args extends readonly unknown[]> = Args extends readonly []
  ? readonly [options?: ExecutorMapOptions]
  : Args extends readonly [infer First, ...infer Rest]
    ? readonly [Items<First>, ...Columns<Rest>]
    : number extends Args['length']
      ? readonly Items<Args[number]>[] | readonly [...Items<Args[number]>[], ExecutorMapOptions]
      : Args extends readonly [(infer First)?, ...infer Rest]
        ? readonly [options?: ExecutorMapOptions] | readonly [Items<First>, ...Columns<Rest>]
        : never;
