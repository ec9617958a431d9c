/** Which of the known names somebody may have meant. */

const MAX_SUGGESTIONS = 3;
const MAX_LENGTH = 100;

/** The nearest of `known`, best first, at most three. Nothing for a name that is longer than any sensible one. */
export function suggest(name: string, known: readonly string[]): readonly string[] {
  if (name.length > MAX_LENGTH) return [];
  const limit = Math.max(2, Math.floor(name.length / 3));
  return known
    .filter((each) => Math.abs(each.length - name.length) <= limit || each.endsWith(`.${name}`))
    .map((each) => ({ each, distance: each.endsWith(`.${name}`) ? 0 : distance(name, each) }))
    .filter((candidate) => candidate.distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, MAX_SUGGESTIONS)
    .map((candidate) => candidate.each);
}

/** Levenshtein's, upper and lower case being the same letter. */
function distance(a: string, b: string): number {
  const [from, to] = [a.toLowerCase(), b.toLowerCase()];
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const changed = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
