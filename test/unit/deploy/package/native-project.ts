/** Projects whose tasks import a package with native code, installed for some platforms. */
import { packageTasks, type TasksPackage } from '../../../../src/deploy/package/package-tasks.ts';
import type { TargetPlatform } from '../../../../src/deploy/package/target-platform.ts';
import { Project } from '../../bundle/project.ts';
import { elf, machO } from './binaries.ts';

const TASK = { 'image.ts': `import native from 'native'; export const f = () => native.answer;` };
const MAIN = { '/node_modules/native/index.js': 'exports.answer = 42;' };

type Files = Readonly<Record<string, string | Buffer>>;

export function project(files: Files): Project {
  const made = new Project({});
  for (const [name, contents] of Object.entries({ ...TASK, ...MAIN, ...files })) made.write(name, contents);
  return made;
}

export function json(value: object): string {
  return JSON.stringify(value);
}

export function packFor(from: Project, platform: TargetPlatform, external: string[] = []): Promise<TasksPackage> {
  return packageTasks({ tasksRoot: from.tasksRoot, outDir: from.path('out'), platform, external });
}

export function packages({ files }: TasksPackage): string[] {
  return files.filter((file) => file.startsWith('node_modules/'));
}

/** An addon with one optional package for each platform, as napi-rs makes them. */
export function familyOf(
  ...installed: readonly (readonly [name: string, os: string, cpu: string, file: Buffer])[]
): Files {
  const options = ['linux-x64-gnu', 'linux-x64-musl', 'linux-arm64-gnu', 'darwin-arm64'];
  const files: Record<string, string | Buffer> = {
    '/node_modules/native/package.json': json({
      name: 'native',
      optionalDependencies: Object.fromEntries(options.map((name) => [`@native/${name}`, '1.0.0'])),
    }),
  };
  for (const [name, os, cpu, file] of installed) {
    const libc = name.endsWith('-gnu') ? ['glibc'] : name.endsWith('-musl') ? ['musl'] : undefined;
    files[`/node_modules/@native/${name}/package.json`] = json({ name: `@native/${name}`, os: [os], cpu: [cpu], libc });
    files[`/node_modules/@native/${name}/native.node`] = file;
  }
  return files;
}

export const GNU_X64 = ['linux-x64-gnu', 'linux', 'x64', elf('x64')] as const;
export const GNU_ARM = ['linux-arm64-gnu', 'linux', 'arm64', elf('arm64')] as const;
export const MUSL_X64 = ['linux-x64-musl', 'linux', 'x64', elf('x64', 'libc.musl-x86_64.so.1')] as const;
export const MAC_ARM = ['darwin-arm64', 'darwin', 'arm64', machO('arm64')] as const;
