/** What a module exports, as far as its own text tells: functions with their parameters, and where the rest comes from. */
import type { TaskParameter } from '../../agent/manifest.ts';

/** One name that a module exports or declares. */
export type Binding =
  /** `params` null: not all of them are plain names, or the value is only known when the module is loaded. */
  | {
      readonly kind: 'function';
      readonly params: readonly TaskParameter[] | null;
      readonly doc?: string;
      readonly line: number;
    }
  | { readonly kind: 'generator'; readonly line: number }
  /** The binding `name` of the module that `specifier` leads to; `*` is the whole module. */
  | { readonly kind: 'import'; readonly specifier: string; readonly name: string; readonly line: number }
  /** Certainly no task: a class, a literal, a type. */
  | { readonly kind: 'other' };

export interface ModuleExports {
  readonly named: ReadonlyMap<string, Binding>;
  /** Specifiers of `export * from '...'`. */
  readonly stars: readonly string[];
}
