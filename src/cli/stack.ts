/** Picks the lines of a stack that lie in the user's files. */

/** The frames among `lines` that are neither Node's, nor a package's, nor our agent's; all frames if none is the user's. */
export function ownFrames(lines: readonly string[]): readonly string[] {
  const frames = lines.filter((line) => /^\s+at /.test(line));
  const own = frames.filter((line) => /\.[cm]?[jt]sx?:\d+/.test(line) && !/node:|node_modules|\.lambdapool/.test(line));
  return own.length === 0 ? frames : own;
}
