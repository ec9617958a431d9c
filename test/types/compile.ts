/** Runs the compiler on a project and reads what it says. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of a file of this repository. */
export const repository = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));

export interface Diagnostic {
  /** Absolute. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** With its code, and the lines that explain it. */
  readonly message: string;
}

/** @param project Absolute path of a tsconfig. */
export async function compile(project: string): Promise<readonly Diagnostic[]> {
  const cwd = path.dirname(project);
  const output = await tsc(['-p', project, '--noEmit', '--pretty', 'false'], cwd);
  const diagnostics: { file: string; line: number; message: string }[] = [];
  for (const text of output.split('\n')) {
    const [, file, line, message] = /^(\S.*)\((\d+),\d+\): (error .*)$/.exec(text) ?? [];
    if (file !== undefined && line !== undefined && message !== undefined) {
      diagnostics.push({ file: path.resolve(cwd, file), line: Number(line), message });
    } else if (text.trim() !== '') {
      const last = diagnostics.at(-1);
      if (last === undefined) throw new Error(`The compiler says: ${output}`);
      last.message += `\n${text}`;
    }
  }
  return diagnostics;
}

/** Writes the declarations that the package has into `folder`. */
export async function buildDeclarations(folder: string): Promise<void> {
  const words = ['-p', repository('tsconfig.build.json'), '--outDir', folder, '--emitDeclarationOnly'];
  const output = await tsc([...words, '--pretty', 'false'], repository('.'));
  if (output !== '') throw new Error(`The declarations do not build: ${output}`);
}

function tsc(words: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(repository('node_modules/.bin/tsc'), words, { cwd, timeout: 50_000 }, (error, stdout, stderr) => {
      // The compiler exits with 1 or 2 where it has something to say.
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve(stdout + stderr);
    });
  });
}
