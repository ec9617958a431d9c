import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { chooseImage } from '../../../localstack/image.ts';

test('without an account it is the last version that needs none', () => {
  expect(chooseImage(undefined, {})).toEqual({
    image: 'localstack/localstack:4.14.0',
    token: undefined,
    chosenBy: 'default',
  });
  expect(chooseImage(undefined, { LOCALSTACK_AUTH_TOKEN: '', LOCALSTACK_IMAGE: ' ' }).chosenBy).toBe('default');
});

test('with a token it is a pinned newer one, and the token goes along', () => {
  const { image, token } = chooseImage(undefined, { LOCALSTACK_AUTH_TOKEN: 'ls-1' });
  expect(image).toMatch(/^localstack\/localstack:20\d\d\.\d\d\.\d+$/);
  expect(token).toBe('ls-1');
});

test('LOCALSTACK_IMAGE overrides, an option overrides that, and the token goes along', () => {
  const env = { LOCALSTACK_IMAGE: 'mirror.example/localstack:1', LOCALSTACK_AUTH_TOKEN: 'ls-1' };
  expect(chooseImage(undefined, env)).toEqual({
    image: env.LOCALSTACK_IMAGE,
    token: 'ls-1',
    chosenBy: 'LOCALSTACK_IMAGE',
  });
  expect(chooseImage('own:2', env)).toEqual({ image: 'own:2', token: 'ls-1', chosenBy: 'image' });
});

test('compose.yaml starts the same image, on this machine only, with the socket and the token', async () => {
  const file = new URL('../../../localstack/compose.yaml', import.meta.url);
  const { services } = parse(await readFile(file, 'utf8')) as { services: { localstack: unknown } };
  expect(services.localstack).toEqual({
    image: `\${LOCALSTACK_IMAGE:-${chooseImage(undefined, {}).image}}`,
    environment: { LOCALSTACK_AUTH_TOKEN: '${LOCALSTACK_AUTH_TOKEN:-}' },
    ports: ['127.0.0.1:4566:4566'],
    volumes: ['${DOCKER_SOCKET:-/var/run/docker.sock}:/var/run/docker.sock'],
  });
});
