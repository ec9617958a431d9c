/** Runs a journalled map of a given number of calls against an endpoint, and says how far it is after each invocation. */
import { LambdaPool, lambdaTransport } from '../../../src/index.ts';

const [, , endpoint = '', journal = '', count = ''] = process.argv;

const transport = lambdaTransport({
  functionName: 'counting',
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  endpoint,
});
await using pool = new LambdaPool({ workers: 4, transport });
const results = await pool.map<number>('counting.double', Array.from({ length: Number(count) }).keys(), {
  journal,
  chunksize: 10,
  onProgress: ({ done }) => console.log(JSON.stringify({ done })),
});
console.log(JSON.stringify({ wrong: results.filter((value, index) => value !== 2 * index).length }));
