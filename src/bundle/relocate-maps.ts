/** Source maps of a bundle that is written elsewhere than where it was said to be. Pure. */
import { join, relative, sep } from 'node:path';
import { outputFolder } from './build-options.ts';

/** Makes the relative sources of a map in `tasks/` lead from `directory` to where they did before. */
export function relocateMap(map: string, project: string, directory: string): string {
  const parsed: unknown = JSON.parse(map);
  if (typeof parsed !== 'object' || parsed === null || !('sources' in parsed) || !Array.isArray(parsed.sources))
    return map;
  const from = outputFolder(project);
  const to = join(directory, 'tasks');
  const sources = parsed.sources.map((source) => relative(to, join(from, String(source))).replaceAll(sep, '/'));
  return JSON.stringify({ ...parsed, sources });
}
