/** Our agent as one file, the same for all bundles of this process. */
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { agentBuildOptions, agentMinifyOptions } from './build-options.ts';
import { hashOf } from './content-hash.ts';
import type { Esbuild, OutputFile } from './esbuild.ts';
import type { BundleFile } from './bundle-file.ts';
import { withSources } from './relocate-maps.ts';

/** Its source map, by the name within the bundle. */
export const AGENT_MAP = 'agent.mjs.map';

let built: Promise<ReadonlyMap<string, BundleFile>> | undefined;

/** `agent.mjs` and its source map, by name. */
export function buildAgent(esbuild: Esbuild): Promise<ReadonlyMap<string, BundleFile>> {
  built ??= bundleAgent(esbuild);
  built.catch(() => (built = undefined));
  return built;
}

async function bundleAgent(esbuild: Esbuild): Promise<ReadonlyMap<string, BundleFile>> {
  const [bundled] = (await esbuild.build(agentBuildOptions())).outputFiles;
  const { outputFiles } = await esbuild.build(agentMinifyOptions(bundled?.text ?? ''));
  return new Map(
    outputFiles.map((output) => {
      const contents = output.path.endsWith('.map') ? withAbsoluteSources(output) : output.contents;
      return [basename(output.path), { contents, hash: hashOf(contents) }] as const;
    }),
  );
}

// Bundles lie in other places than our package; a relative source would lead astray.
function withAbsoluteSources({ path, text }: OutputFile): string {
  return withSources(text, (source) => pathToFileURL(join(dirname(path), source)).href);
}
