/** Puts a deployable folder together: the handler's module, the agent, the tasks and their manifest. Pure. */
import type { Manifest, TaskEntry } from '../../agent/manifest.ts';
import { AGENT_SPECIFIER } from './build-options.ts';
import { hashOf } from './content-hash.ts';
import type { BundleFile } from './bundle-file.ts';

export interface LayoutInput {
  readonly modules: readonly string[];
  readonly tasks: Readonly<Record<string, TaskEntry>>;
  /** By name within `tasks/`. */
  readonly outputs: ReadonlyMap<string, BundleFile>;
  /** `agent.mjs` and its map. */
  readonly agent: ReadonlyMap<string, BundleFile>;
  readonly external: readonly string[];
}

export interface Layout {
  readonly manifest: Manifest;
  /** By path within the bundle, with forward slashes. */
  readonly files: ReadonlyMap<string, string | Uint8Array>;
}

export function layOut({ modules, tasks, outputs, agent, external }: LayoutInput): Layout {
  const placed = new Map([...outputs].map(([name, file]) => [`tasks/${name}`, file] as const));
  const code = [...placed, ...agent].filter(([path]) => path !== 'agent.mjs.map');
  code.sort(([a], [b]) => (a < b ? -1 : 1));
  const hash = hashOf(JSON.stringify([tasks, modules, external]), ...code.flatMap(([path, file]) => [path, file.hash]));
  const manifest: Manifest = { version: 1, hash, tasks };
  const files = new Map([...placed, ...agent].map(([path, file]) => [path, file.contents] as const));
  files.set('index.mjs', handlerModule(modules));
  files.set('package.json', PACKAGE);
  files.set('manifest.json', `${JSON.stringify(manifest, null, 2)}\n`);
  return { manifest, files };
}

// The name lets task modules import the agent by its public name and get the handler's own copy.
const PACKAGE = `${JSON.stringify({
  name: AGENT_SPECIFIER.split('/')[0],
  private: true,
  type: 'module',
  exports: { './agent': './agent.mjs' },
})}\n`;

/** A cold start loads this, the agent and the manifest; task modules come with their first call. */
function handlerModule(modules: readonly string[]): string {
  const table = modules.map(
    (name) =>
      `    ${JSON.stringify(name)}: () => import(${JSON.stringify(`./tasks/${encodeURIComponent(name)}.mjs`)}),`,
  );
  return [
    `import { createHandler } from './agent.mjs';`,
    `import manifest from './manifest.json' with { type: 'json' };`,
    `export const handler = createHandler({`,
    `  manifest,`,
    `  modules: {`,
    ...table,
    `  },`,
    `});`,
    ``,
  ].join('\n');
}
