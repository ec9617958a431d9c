/** The project that a tasks root belongs to, and its `.lambdapool` folder, where bundles are made. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

/** The nearest folder with a package.json, from the tasks root upwards; without one, the folder above the tasks root. */
export async function findProject(tasksRoot: string): Promise<string> {
  for (let folder = tasksRoot; ; folder = dirname(folder)) {
    const found = await stat(join(folder, 'package.json')).catch(() => undefined);
    if (found?.isFile() === true) return folder;
    if (folder === dirname(folder)) return dirname(tasksRoot);
  }
}

/** Makes this process a folder of its own below `.lambdapool`, and clears away those of processes that are no more. */
export async function openWorkFolder(project: string): Promise<string> {
  const shared = join(project, '.lambdapool');
  const own = join(shared, `dev-${hostMark()}-${process.pid}-${randomBytes(4).toString('hex')}`);
  await mkdir(own, { recursive: true });
  await Promise.all([
    writeFile(join(shared, '.gitignore'), '*\n', { flag: 'wx' }).catch(() => undefined),
    sweep(shared),
  ]);
  return own;
}

async function sweep(shared: string): Promise<void> {
  const names = await readdir(shared);
  await Promise.all(
    names.map(async (name) => {
      if (!(await isStale(shared, name))) return;
      // Another process may be sweeping too, or a file be open on Windows: the next start tries again.
      await rm(join(shared, name), { recursive: true, force: true }).catch(() => undefined);
    }),
  );
}

// A shared folder may be mounted in a container, where the numbers of our processes mean nothing: hence the host's mark.
async function isStale(shared: string, name: string): Promise<boolean> {
  const [, host, pid] = /^dev-([0-9a-f]{6})-(\d+)-[0-9a-f]{8}$/.exec(name) ?? [];
  if (host === undefined || pid === undefined) return false;
  if (host === hostMark()) return !isAlive(Number(pid));
  const found = await stat(join(shared, name)).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > WEEK_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

function hostMark(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 6);
}
