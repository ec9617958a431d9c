/** What can keep a LocalStack from starting, with a real Docker. */
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { startLocalStack } from '../../localstack/container.ts';
import { describeOnLocalStack } from '../support/localstack.ts';

const TOKEN_IMAGE = 'lambdapool-test/localstack-that-needs-a-token:1';

/** An image that ends as LocalStack does where it needs an account. */
function buildTokenImage(): void {
  const said =
    'No credentials were found in the environment. Set the LOCALSTACK_AUTH_TOKEN variable to a valid auth token.';
  const input = `FROM localstack/localstack:4.14.0\nENTRYPOINT ["sh", "-c", "sleep 1; echo '${said}'; exit 55"]\n`;
  execFileSync('docker', ['build', '--quiet', '--tag', TOKEN_IMAGE, '-'], { input, stdio: ['pipe', 'pipe', 'pipe'] });
}

describeOnLocalStack('a LocalStack that cannot be started', () => {
  beforeAll(buildTokenImage);
  afterAll(() => {
    execFileSync('docker', ['image', 'rm', '--force', TOKEN_IMAGE], { stdio: 'pipe' });
  });

  test('for want of a token: one sentence, soon', async () => {
    const start = performance.now();
    vi.stubEnv('LOCALSTACK_IMAGE', TOKEN_IMAGE);
    onTestFinished(() => void vi.unstubAllEnvs());
    await expect(startLocalStack()).rejects.toMatchObject({
      code: 'UNREACHABLE',
      retryable: false,
      message: expect.stringMatching(
        /needs-a-token:1 needs an account: set LOCALSTACK_AUTH_TOKEN .*unset LOCALSTACK_IMAGE/,
      ),
    });
    expect(performance.now() - start).toBeLessThan(20_000);
  });

  test('for want of an image: its name, and where another one can be named', async () => {
    const image = '127.0.0.1:9/nobody/localstack:0';
    await expect(startLocalStack({ image })).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringMatching(/127\.0\.0\.1:9\/nobody\/localstack:0 .*could not be pulled.*LOCALSTACK_IMAGE/),
    });
  });
});
