/** Looking at Docker's containers from outside. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Names of all containers with that label (`name=value`), stopped ones too. */
export async function containersWithLabel(label: string): Promise<string[]> {
  const format = ['--format', '{{.Names}}'];
  const { stdout } = await run('docker', ['ps', '--all', '--filter', `label=${label}`, ...format]);
  return stdout.split('\n').filter((name) => name !== '');
}

/** What `docker inspect` says at that place, such as `{{json .NetworkSettings.Ports}}`. */
export async function inspectContainer(name: string, format: string): Promise<string> {
  return (await run('docker', ['inspect', '--format', format, name])).stdout.trim();
}
