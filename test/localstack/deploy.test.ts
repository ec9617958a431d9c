/** Deploying to LocalStack, in a real container. */
import { expect, test } from 'vitest';
import { createFunction } from '../../src/deploy/deploy-function.ts';
import { functionLogs } from '../../src/deploy/function-logs.ts';
import type { FunctionLog } from '../../src/deploy/function-logs.ts';
import { openTarget } from '../../src/deploy/target.ts';
import { describeLife } from '../deploy/life.ts';
import { deploying } from '../deploy/place.ts';
import type { Place } from '../deploy/place.ts';
import { eventually } from '../support/eventually.ts';
import { describeOnLocalStack } from '../support/localstack.ts';

describeOnLocalStack('deploying to LocalStack', ({ endpoint, region, credentials }) => {
  const localstack: Place = {
    name: 'LocalStack',
    async open() {
      const target = await openTarget({ endpoint, region, credentials }, {});
      return { target, [Symbol.asyncDispose]: () => target[Symbol.asyncDispose]() };
    },
  };
  describeLife(localstack);

  test('brings what functions log', async () => {
    await using d = await deploying(localstack);
    const architecture = process.arch === 'arm64' ? 'arm64' : 'x86_64';
    await createFunction(d.target, d.request({ architecture }));
    const lines = await eventually(async () => {
      const found: FunctionLog[] = [];
      for await (const line of functionLogs(d.target, d.functionName)) found.push(line);
      expect(found.some(({ text }) => text.startsWith('REPORT RequestId:'))).toBe(true);
      return found;
    }, 20_000);
    expect(lines[0]).toEqual({
      at: expect.any(Date),
      text: expect.stringMatching(/^START RequestId:/),
      stream: expect.stringContaining('[$LATEST]'),
    });
  });
});
