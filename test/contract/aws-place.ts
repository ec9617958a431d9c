/** AWS Lambda as a place: functions of one run, deployed by our own deployer and deleted by test/aws/main.ts. */
import { createHash } from 'node:crypto';
import { lambdaTransport } from '../../src/index.ts';
import type { InvokeResponse, Transport } from '../../src/index.ts';
import { ensureFunction } from '../../src/deploy/deploy-function.ts';
import { openTarget } from '../../src/deploy/target/target.ts';
import { readReport } from '../../src/pool/cost.ts';
import type { AwsRun } from '../aws/run.ts';
import { FIXTURES } from './fixtures.ts';
import { LOCALSTACK } from './localstack-place.ts';
import type { FunctionSettings, Place } from './place.ts';

export const AWS: Pick<Place, 'name' | 'deviations'> = { name: 'AWS Lambda', deviations: [] };

/** The account, or what stands in for it at another endpoint: that is never taken for AWS. */
export function aws(run: AwsRun): Place {
  const { endpoint } = run;
  const standIn = { name: `what stands in for AWS at ${endpoint}`, deviations: LOCALSTACK.deviations };
  return { ...(endpoint === undefined ? AWS : standIn), open: (settings) => open(run, settings) };
}

async function open(run: AwsRun, { isMissing, payloadBucket, ...settings }: FunctionSettings = {}): Promise<Transport> {
  await using target = await openTarget();
  const functionName = isMissing === true ? `${run.prefix}-nobody` : nameOf(run, settings);
  if (isMissing !== true) {
    run.noteFunction(functionName);
    await ensureFunction(target, { functionName, tasks: { tasksRoot: FIXTURES }, settings });
  }
  const bucket = payloadBucket === undefined ? undefined : await run.makeBucket(target);
  const { region, endpoint } = target;
  const transport = lambdaTransport({
    functionName,
    region,
    ...(endpoint !== undefined && { endpoint }),
    ...(bucket !== undefined && { payloadBucket: bucket }),
  });
  return counting(transport, (response) => {
    const billing = response.billing ?? readReport(response.logTail ?? '');
    if (billing !== undefined) run.noteBilling(billing);
  });
}

function nameOf({ prefix }: AwsRun, settings: FunctionSettings): string {
  const hash = createHash('sha256').update(JSON.stringify(settings)).digest('hex');
  return `${prefix}-${hash.slice(0, 8)}`;
}

function counting(transport: Transport, onAnswer: (response: InvokeResponse) => void): Transport {
  return {
    name: transport.name,
    maxPayloadBytes: transport.maxPayloadBytes,
    async invoke(request, options) {
      const response = await transport.invoke(request, options);
      onAnswer(response);
      return response;
    },
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}
