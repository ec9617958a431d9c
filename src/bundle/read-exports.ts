/** Reads what a module exports from its syntax tree. Pure: other modules are named, not opened. */
import type { Binding, ModuleExports } from './module-exports.ts';
import type { Ast, Comment, Program } from './oxc.ts';
import { readParameters } from './read-parameters.ts';
import { sourceText, type SourceText } from './source-text.ts';

type Local = Binding | { readonly kind: 'alias'; readonly of: string };

const OTHER: Binding = { kind: 'other' };

// Types around a value do not change it.
const WRAPPED = [
  'ParenthesizedExpression',
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSTypeAssertion',
  'TSNonNullExpression',
  'TSInstantiationExpression',
] as const;

// Values of these forms are never functions that a call could run; what a call or a member gives, only loading tells.
const NO_FUNCTIONS: ReadonlySet<string> = new Set([
  'Literal',
  'TemplateLiteral',
  'ObjectExpression',
  'ArrayExpression',
  'ClassExpression',
  'NewExpression',
  'UnaryExpression',
  'BinaryExpression',
  'UpdateExpression',
]);

export function readExports(program: Program, comments: readonly Comment[], text: string): ModuleExports {
  return new ModuleReader(sourceText(text, comments)).read(program);
}

class ModuleReader {
  readonly #source: SourceText;
  readonly #locals = new Map<string, Local>();
  /** Exported name to local name. */
  readonly #exported = new Map<string, string>();
  readonly #named = new Map<string, Binding>();
  readonly #stars: string[] = [];

  constructor(source: SourceText) {
    this.#source = source;
  }

  read(program: Program): ModuleExports {
    for (const statement of program.body) this.#statement(statement);
    for (const [name, local] of this.#exported) this.#named.set(name, this.#resolve(local));
    return { named: this.#named, stars: this.#stars };
  }

  #statement(node: Program['body'][number]): void {
    if (node.type === 'ImportDeclaration') this.#import(node);
    else if (node.type === 'ExportNamedDeclaration') this.#export(node);
    else if (node.type === 'ExportAllDeclaration') this.#exportAll(node);
    else if (node.type === 'ExportDefaultDeclaration') this.#exportDefault(node);
    else this.#declare(node, node.start);
  }

  #import(node: Ast.ImportDeclaration): void {
    if (node.importKind === 'type') return;
    for (const each of node.specifiers) {
      if (each.type === 'ImportSpecifier' && each.importKind === 'type') continue;
      const name =
        each.type === 'ImportSpecifier'
          ? nameOf(each.imported)
          : each.type === 'ImportDefaultSpecifier'
            ? 'default'
            : '*';
      this.#locals.set(each.local.name, this.#imported(node.source.value, name, each.start));
    }
  }

  #export(node: Ast.ExportNamedDeclaration): void {
    if (node.exportKind === 'type') return;
    if (node.declaration !== null) {
      for (const name of this.#declare(node.declaration, node.start)) this.#exported.set(name, name);
    }
    for (const each of node.specifiers) {
      if (each.exportKind === 'type') continue;
      const name = nameOf(each.exported);
      if (node.source === null) this.#exported.set(name, nameOf(each.local));
      else this.#named.set(name, this.#imported(node.source.value, nameOf(each.local), each.start));
    }
  }

  #exportAll(node: Ast.ExportAllDeclaration): void {
    if (node.exportKind === 'type') return;
    if (node.exported === null) this.#stars.push(node.source.value);
    else this.#named.set(nameOf(node.exported), OTHER);
  }

  // Not a task under this name, but another module can export it under one of its own.
  #exportDefault(node: Ast.ExportDefaultDeclaration): void {
    const { declaration } = node;
    if (declaration.type === 'FunctionDeclaration') {
      const binding = this.#function(declaration, node.start);
      if (declaration.id !== null) this.#locals.set(declaration.id.name, binding);
      this.#named.set('default', binding);
    } else if (declaration.type === 'Identifier') {
      this.#exported.set('default', declaration.name);
    } else if (declaration.type !== 'TSInterfaceDeclaration' && declaration.type !== 'TSDeclareFunction') {
      const value = this.#value(declaration, node.start);
      if (value.kind !== 'alias') this.#named.set('default', value);
    }
  }

  /** Notes what a statement declares at the top of the module; answers with the names. `start` is where docs end. */
  #declare(node: Program['body'][number] | Ast.Declaration, start: number): string[] {
    if (node.type === 'FunctionDeclaration' || node.type === 'TSDeclareFunction') {
      return this.#declareFunction(node, start);
    }
    if (node.type === 'VariableDeclaration') {
      return node.declarations.flatMap((each, index) => this.#declareVariable(each, index === 0 ? start : each.start));
    }
    if (node.type !== 'ClassDeclaration' && node.type !== 'TSEnumDeclaration') return [];
    if (node.id === null) return [];
    this.#locals.set(node.id.name, OTHER);
    return [node.id.name];
  }

  // Of an overloaded function the implementation counts; its doc comment mostly stands above the first signature.
  #declareFunction(node: Ast.Function, start: number): string[] {
    if (node.id === null) return [];
    const { name } = node.id;
    const earlier = this.#locals.get(name);
    const binding = this.#function(node, start);
    const doc = earlier?.kind === 'function' ? earlier.doc : undefined;
    this.#locals.set(
      name,
      doc !== undefined && binding.kind === 'function' && binding.doc === undefined ? { ...binding, doc } : binding,
    );
    return [name];
  }

  #declareVariable(node: Ast.VariableDeclarator, start: number): string[] {
    if (node.id.type === 'Identifier') {
      this.#locals.set(node.id.name, node.init === null ? OTHER : this.#value(node.init, start));
      return [node.id.name];
    }
    const names = namesIn(node.id);
    for (const name of names) this.#locals.set(name, this.#unknown(start));
    return names;
  }

  #value(node: Ast.Expression, start: number): Local {
    if (isWrapped(node)) return this.#value(node.expression, start);
    if (node.type === 'ArrowFunctionExpression' || node.type === 'FunctionExpression') {
      return this.#function(node, start);
    }
    if (node.type === 'Identifier') return node.name === 'undefined' ? OTHER : { kind: 'alias', of: node.name };
    return NO_FUNCTIONS.has(node.type) ? OTHER : this.#unknown(start);
  }

  #function(node: Ast.Function | Ast.ArrowFunctionExpression, start: number): Binding {
    const line = this.#source.line(start);
    if (node.generator) return { kind: 'generator', line };
    return { kind: 'function', params: readParameters(node.params), line, ...this.#doc(start) };
  }

  #unknown(start: number): Binding {
    return { kind: 'function', params: null, line: this.#source.line(start), ...this.#doc(start) };
  }

  #doc(start: number): { doc?: string } {
    const doc = this.#source.doc(start);
    return doc === undefined ? {} : { doc };
  }

  #imported(specifier: string, name: string, start: number): Binding {
    return name === '*' ? OTHER : { kind: 'import', specifier, name, line: this.#source.line(start) };
  }

  #resolve(name: string, seen: ReadonlySet<string> = new Set()): Binding {
    const local = this.#locals.get(name);
    if (local === undefined || seen.has(name)) return OTHER;
    return local.kind === 'alias' ? this.#resolve(local.of, new Set([...seen, name])) : local;
  }
}

function nameOf(name: Ast.ModuleExportName): string {
  return name.type === 'Literal' ? name.value : name.name;
}

function namesIn(pattern: Ast.BindingPattern): string[] {
  if (pattern.type === 'Identifier') return [pattern.name];
  if (pattern.type === 'AssignmentPattern') return namesIn(pattern.left);
  if (pattern.type === 'ObjectPattern') {
    return pattern.properties.flatMap((each) => namesIn(each.type === 'RestElement' ? each.argument : each.value));
  }
  return pattern.elements.flatMap((each) =>
    each === null ? [] : namesIn(each.type === 'RestElement' ? each.argument : each),
  );
}

type Wrapped = Extract<Ast.Expression, { type: (typeof WRAPPED)[number] }>;

function isWrapped(node: Ast.Expression): node is Wrapped {
  return WRAPPED.some((type) => type === node.type);
}
