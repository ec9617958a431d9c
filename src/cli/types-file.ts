/** The declaration that `lambdapool tasks --types` writes: the manifest, as a type. Pure. */
import type { Manifest, TaskEntry, TaskParameter } from '../../agent/manifest.ts';

export interface TypesFileInput {
  readonly manifest: Pick<Manifest, 'tasks'>;
  /** What imports of a task module's types name it by, seen from the declaration: `./tasks/math.ts`. */
  readonly specifierOf: (module: string) => string;
}

/** A level of the interface: tasks as text, and further levels. */
type Level = Map<string, string | Level>;

const HEAD = `// Written by \`lambdapool tasks --types\`. Do not edit: run it again when tasks come, go, or change their parameters.
import type { Task } from 'lambdapool';

/** The tasks, for \`new LambdaPool<Tasks>(...)\`. The number of a parameter is its position. */
export interface Tasks {
`;

/** The text of the declaration; the same for the same tasks. */
export function typesFile({ manifest, specifierOf }: TypesFileInput): string {
  const root: Level = new Map();
  const entries = Object.entries(manifest.tasks).toSorted(([a], [b]) => (a < b ? -1 : 1));
  // Modules before what is below them: `pipeline` may have tasks of its own.
  for (const [, task] of entries.toSorted(([, a], [, b]) => depth(a) - depth(b))) {
    levelOf(root, task.module).set(task.export, declaration(task, specifierOf(task.module)));
  }
  return `${HEAD}${body(root, '  ')}}\n`;
}

function depth({ module }: TaskEntry): number {
  return module.split('.').length;
}

function levelOf(root: Level, module: string): Level {
  let level = root;
  for (const segment of module.split('.')) {
    const next = level.get(segment) ?? new Map();
    // A task has the name of a folder beside it: the module stands at the top, under its full name.
    if (typeof next === 'string') return dotted(root, module);
    level.set(segment, next);
    level = next;
  }
  return level;
}

function dotted(root: Level, module: string): Level {
  const known = root.get(module);
  const level: Level = known instanceof Map ? known : new Map();
  root.set(module, level);
  return level;
}

function body(level: Level, indent: string): string {
  return [...level]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) =>
      typeof member === 'string'
        ? member.replaceAll(/^(?=.)/gm, indent)
        : `${indent}${key(name)}: {\n${body(member, `${indent}  `)}${indent}};\n`,
    )
    .join('');
}

function declaration({ export: name, params, doc }: TaskEntry, specifier: string): string {
  const named = (params ?? []).flatMap(position);
  const positions = named.length === 0 ? '' : `, { ${named.join('; ')} }`;
  const fn = `typeof import(${quote(specifier)}).${name}`;
  return `${comment(doc)}${key(name)}: Task<${fn}${positions}>;\n`;
}

function position({ name, required, rest }: TaskParameter, index: number): string[] {
  return rest === true ? [] : [`${key(name)}${required ? '' : '?'}: ${index}`];
}

function comment(doc: string | undefined): string {
  if (doc === undefined || doc.trim() === '') return '';
  const lines = doc.trim().replaceAll('*/', '*\\/').split(/\r?\n/);
  if (lines.length === 1) return `/** ${lines[0]} */\n`;
  return `/**\n${lines.map((line) => ` * ${line}`.trimEnd()).join('\n')}\n */\n`;
}

function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name);
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
