/**
 * What an invocation costs the client: CPU time of this process alone, while a server in another one answers. Through the
 * pool, by a bare loop of the AWS SDK, and by the least that would do: a signature by hand and Node's own HTTP client.
 *
 *     node bench/client-cost.ts [rounds] [invocations]
 */
import { createHash, createHmac } from 'node:crypto';
import http from 'node:http';
import { fileURLToPath } from 'node:url';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { LambdaPool, lambdaTransport } from '../src/index.ts';
import { startServing } from './children.ts';
import { check, compare, type Contestant, type Effort, type Result } from './harness.ts';

const ENDPOINT = fileURLToPath(new URL('../test/support/fake-endpoint-main.ts', import.meta.url));
const LANES = 16;
const REGION = 'us-east-1';
const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
const SDK = 'bare loop of the SDK';

/** One way of invoking. */
interface Client extends AsyncDisposable {
  readonly name: string;
  /** Runs `sleep.work(id, 0)` for each id below `count`; resolves with how many results were right. */
  run(count: number): Promise<number>;
}

const payloadOf = (id: number): string => JSON.stringify({ lambdapool: 1, task: 'sleep.work', calls: [[id, 0]] });

/** Whether a reply of the agent holds this one result. */
function holds(reply: string, id: number): boolean {
  const { outcomes }: { readonly outcomes: readonly { readonly ok: unknown }[] } = JSON.parse(reply);
  return outcomes[0]?.ok === id;
}

/** As many at once as there are lanes. */
async function inLanes(count: number, invoke: (id: number) => Promise<string>): Promise<number> {
  let next = 0;
  let right = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const id = next++;
      if (holds(await invoke(id), id)) right += 1;
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return right;
}

function throughPool(endpoint: string): Client {
  const transport = lambdaTransport({ functionName: 'bench', endpoint, region: REGION, credentials });
  const pool = new LambdaPool({ workers: LANES, transport });
  return {
    name: 'pool.map, chunksize 1',
    run: async (count) => {
      const items = Array.from({ length: count }, (_, id) => [id, 0]);
      const results = await pool.starmap<number>('sleep.work', items, { chunksize: 1 });
      return results.filter((result, id) => result === id).length;
    },
    [Symbol.asyncDispose]: () => pool.terminate(),
  };
}

function bySdk(endpoint: string): Client {
  const client = new LambdaClient({ endpoint, region: REGION, credentials });
  return {
    name: SDK,
    run: (count) =>
      inLanes(count, async (id) => {
        const command = new InvokeCommand({ FunctionName: 'bench', Payload: Buffer.from(payloadOf(id)) });
        const { Payload } = await client.send(command);
        return Payload?.transformToString() ?? '';
      }),
    [Symbol.asyncDispose]: async () => client.destroy(),
  };
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** AWS Signature Version 4 of a POST without a query; the key of a day is derived once. */
class Signer {
  #day = '';
  #key: Buffer = Buffer.alloc(0);

  sign(host: string, path: string, body: string): http.OutgoingHttpHeaders {
    const date = new Date().toISOString().replace(/[:-]|\.\d+/g, '');
    const day = date.slice(0, 8);
    if (day !== this.#day) {
      this.#day = day;
      const ofService = hmac(hmac(hmac(`AWS4${credentials.secretAccessKey}`, day), REGION), 'lambda');
      this.#key = hmac(ofService, 'aws4_request');
    }
    const scope = `${day}/${REGION}/lambda/aws4_request`;
    const signed = 'host;x-amz-date';
    const canonical = `POST\n${path}\n\nhost:${host}\nx-amz-date:${date}\n\n${signed}\n${sha256(body)}`;
    const signature = hmac(this.#key, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`).toString('hex');
    return {
      host,
      'x-amz-date': date,
      'content-type': 'application/octet-stream',
      'content-length': Buffer.byteLength(body),
      authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`,
    };
  }
}

function byHand(endpoint: string): Client {
  const { host, hostname, port } = new URL(endpoint);
  const agent = new http.Agent({ keepAlive: true, scheduling: 'lifo' });
  const signer = new Signer();
  const path = '/2015-03-31/functions/bench/invocations';
  const invoke = (id: number): Promise<string> =>
    new Promise((resolve, reject) => {
      const body = payloadOf(id);
      const headers = signer.sign(host, path, body);
      const request = http.request({ agent, hostname, port, path, method: 'POST', headers }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.once('end', () => resolve(Buffer.concat(parts).toString()));
        response.once('error', reject);
      });
      request.once('error', reject);
      request.end(body);
    });
  return {
    name: 'signature by hand, node:http',
    run: (count) => inLanes(count, invoke),
    [Symbol.asyncDispose]: async () => agent.destroy(),
  };
}

function contestant(client: Client, count: number): Contestant {
  return {
    name: client.name,
    measure: async () => {
      const before = process.cpuUsage();
      const right = await client.run(count);
      const { user, system } = process.cpuUsage(before);
      check(right === count, client.name);
      return (user + system) / count;
    },
  };
}

/** CPU time of the client for each invocation. */
export function benchClientCost({ rounds, quick }: Effort): Promise<Result> {
  return measure(rounds, quick ? 500 : 2_000);
}

async function measure(rounds: number, count: number): Promise<Result> {
  await using endpoint = await startServing([ENDPOINT]);
  await using pool = throughPool(endpoint.origin);
  await using sdk = bySdk(endpoint.origin);
  await using floor = byHand(endpoint.origin);
  return await compare({
    title: `CPU of the client for an invocation, ${LANES} in flight`,
    unit: 'us',
    rounds,
    warmups: 2,
    baseline: SDK,
    targets: { [pool.name]: { max: 1.15 } },
    contestants: [sdk, pool, floor].map((client) => contestant(client, count)),
    note: 'User and system time of the client process; the server, which runs the agent, is a process of its own.',
  });
}

if (import.meta.main) {
  const { rows } = await measure(Number(process.argv[2] ?? 7), Number(process.argv[3] ?? 2_000));
  for (const { name, value, ratio, rounds } of rows) {
    const spread = `${Math.round(Math.min(...rounds))} to ${Math.round(Math.max(...rounds))}`;
    console.log(
      `${name.padEnd(30)} ${Math.round(value).toString().padStart(5)} us (${spread})  ${ratio?.toFixed(2) ?? ''}`,
    );
  }
}
