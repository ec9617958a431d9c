/** Finds the line on which a key stands in a text. A search, no parser: it serves messages. Pure. */

/**
 * Line from 1, or undefined.
 * @param after A key behind which to look: the one that holds the object.
 */
export function lineOf(text: string, key: string, after?: string): number | undefined {
  const lines = text.split('\n');
  const start = after === undefined ? 0 : lines.findIndex((line) => keyPattern(after).test(line));
  const at = lines.findIndex((line, index) => index >= start && keyPattern(key).test(withoutComment(line)));
  return start === -1 || at === -1 ? undefined : at + 1;
}

function keyPattern(key: string): RegExp {
  return new RegExp(`(?:^|[\\s{,(])["']?${key.replaceAll(/[^\w]/g, '\\$&')}["']?\\s*(?:[:,}]|$)`);
}

function withoutComment(line: string): string {
  return /^\s*(?:\/?\*)/.test(line) ? '' : line.replace(/(^|\s)\/\/.*/, '');
}
