/** How esbuild is told to bundle: task modules, and the agent. */
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ownPlace } from './assets.ts';
import type { BuildOptions, Plugin } from './esbuild.ts';
import type { TaskModule } from './discover.ts';

/** Our agent, in the form that this file itself has: a source, or what `tsc` made of it. */
const AGENT_ENTRY: string = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../agent/index.ts' : '../../agent/index.js', import.meta.url),
);

/** What task modules import to reach the agent. The bundle's package.json leads it to the one copy, `agent.mjs`. */
export const AGENT_SPECIFIER = 'lambdapool/agent';

/**
 * Where the output is said to be. Fixed, so that the same sources give the same bytes wherever the bundle is written;
 * as deep as a generation's folder, so that source maps, which hold relative paths, lead to the sources.
 */
export function outputFolder(project: string): string {
  return join(project, '.lambdapool', 'process', 'generation', 'tasks');
}

/** Options of a build whose files come back instead of being written. */
export interface InMemoryBuild extends BuildOptions {
  write: false;
  metafile: true;
}

const COMMON = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  charset: 'utf8',
  write: false,
  metafile: true,
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'silent',
  outExtension: { '.js': '.mjs' },
} as const satisfies InMemoryBuild;

// Free names of CommonJS modules, under names that no user declares: their own `const require` must not clash with ours.
const COMMONJS_NAMES = {
  define: { __filename: '__lambdapool_filename', __dirname: '__lambdapool_dirname' },
  banner: {
    js: [
      'import { createRequire as __lambdapool_createRequire } from "node:module";',
      'const __lambdapool_require = __lambdapool_createRequire(import.meta.url),',
      '__lambdapool_filename = import.meta.filename, __lambdapool_dirname = import.meta.dirname;',
    ].join(' '),
  },
} as const satisfies BuildOptions;

/** Gives esbuild's `require` helper ours. It looks for a global `require`, which ES modules have not; no line moves. */
export function withRequire(output: string): string {
  return output.replace(
    '((x) => typeof require !== "undefined" ? require :',
    '((x) => typeof __lambdapool_require !== "undefined" ? __lambdapool_require :',
  );
}

export interface TaskBuildInput {
  readonly tasksRoot: string;
  readonly project: string;
  readonly modules: readonly TaskModule[];
  readonly external: readonly string[];
  /** Whether assets lie beside the modules. */
  readonly hasAssets: boolean;
}

export function taskBuildOptions({ tasksRoot, project, modules, external, hasAssets }: TaskBuildInput): InMemoryBuild {
  return {
    ...COMMON,
    ...COMMONJS_NAMES,
    absWorkingDir: project,
    entryPoints: modules.map(({ name, file }) => ({ in: file, out: name })),
    outdir: outputFolder(project),
    splitting: true,
    chunkNames: 'chunk-[hash]',
    // A `.node` file of the project itself goes along; packages with native code are external.
    assetNames: '[name]-[hash]',
    loader: { '.node': 'copy' },
    external: [AGENT_SPECIFIER, ...external],
    plugins: hasAssets ? [oneAgent, ownPlace(tasksRoot)] : [oneAgent],
  };
}

const AGENT_FOLDER = join(dirname(AGENT_ENTRY), 'bundle');

/** The agent as one file, with its source map inside. */
export function agentBuildOptions(): InMemoryBuild {
  return {
    ...COMMON,
    absWorkingDir: dirname(AGENT_ENTRY),
    entryPoints: { agent: AGENT_ENTRY },
    outdir: AGENT_FOLDER,
    sourcemap: 'inline',
    minifyWhitespace: true,
    minifySyntax: true,
  };
}

/**
 * Shortens the names in that file, as every cold start reads it; stacks of tasks do not show it. In a step of its own:
 * esbuild chooses names by how often characters stand in its input, and the bytes shall not tell whether the agent was
 * made from our sources or from the package.
 */
export function agentMinifyOptions(contents: string): InMemoryBuild {
  return {
    ...COMMON,
    bundle: false,
    absWorkingDir: dirname(AGENT_ENTRY),
    stdin: { contents, resolveDir: AGENT_FOLDER, sourcefile: join(AGENT_FOLDER, 'agent.mjs'), loader: 'js' },
    outfile: join(AGENT_FOLDER, 'agent.mjs'),
    minify: true,
  };
}

// A second copy of the agent would have its own AsyncLocalStorage, and tasks would ask it for their context in vain.
const oneAgent: Plugin = {
  name: 'one-agent',
  setup(build) {
    build.onResolve({ filter: /[\\/]agent[\\/]index\.[jt]s$/ }, ({ path, resolveDir }) =>
      resolve(resolveDir, path) === AGENT_ENTRY ? { path: AGENT_SPECIFIER, external: true } : undefined,
    );
  },
};
