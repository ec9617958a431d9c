/** Source maps of a bundle that is written elsewhere than where it was said to be. Pure. */
import { join, relative, sep } from 'node:path';
import { outputFolder } from './build-options.ts';

/** Makes the relative sources of a map in `tasks/` lead from `directory` to where they did before. */
export function relocateMap(map: string, project: string, directory: string): string {
  const from = outputFolder(project);
  const to = join(directory, 'tasks');
  return withSources(map, (source) => relative(to, join(from, source)).replaceAll(sep, '/'));
}

/** Makes the sources of the agent's map, which lead into our package, relative and the same wherever that lies. */
export function unplacedAgentMap(map: string): string {
  return withSources(map, (source) => `lambdapool${source.slice(source.lastIndexOf('/agent/'))}`);
}

/** Rewrites the sources of a map. What is no source map stays as it is. */
export function withSources(map: string, rewrite: (source: string) => string): string {
  const parsed: unknown = JSON.parse(map);
  if (typeof parsed !== 'object' || parsed === null || !('sources' in parsed) || !Array.isArray(parsed.sources))
    return map;
  return JSON.stringify({ ...parsed, sources: parsed.sources.map((source) => rewrite(String(source))) });
}
