/**
 * One run on AWS: what it has made and what it costs, in files, so that the process that started it can tidy up however the
 * run ends.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Target } from '../../src/deploy/target/target.ts';
import { Bill } from '../../src/pool/cost.ts';
import { PRICES } from '../../src/pool/prices.ts';
import type { Billing } from '../../src/transport/transport.ts';

/** Names the folder of a run to its tests. */
export const FOLDER_VARIABLE = 'LAMBDAPOOL_TEST_AWS_FOLDER';

/** What a run has cost so far. */
export interface Cost {
  readonly requests: number;
  readonly gbSeconds: number;
  readonly usd: number;
}

export class AwsRun {
  /** Names of everything that it makes begin with this. */
  readonly prefix: string;
  /** Where it runs, if not at AWS. */
  readonly endpoint: string | undefined;
  readonly #folder: string;

  /** @param folder Its last part is the prefix. */
  constructor(folder: string, env: NodeJS.ProcessEnv = process.env) {
    this.#folder = folder;
    this.prefix = path.basename(folder).toLowerCase();
    this.endpoint = env['AWS_ENDPOINT_URL_LAMBDA'] ?? env['AWS_ENDPOINT_URL'];
  }

  /** The run that this process belongs to; undefined if to none. */
  static current(env: NodeJS.ProcessEnv = process.env): AwsRun | undefined {
    const folder = env[FOLDER_VARIABLE];
    return folder === undefined || folder === '' ? undefined : new AwsRun(folder, env);
  }

  /** Before it is created: whatever comes then, it will be deleted. */
  noteFunction(functionName: string): void {
    if (!this.functions().includes(functionName)) this.#append('functions', functionName);
  }

  functions(): string[] {
    return this.#read('functions');
  }

  noteBilling({ billedMs, memoryMb }: Billing): void {
    this.#append('billing', `${billedMs} ${memoryMb}`);
  }

  /** Makes the bucket of this run, for large values. */
  async makeBucket(target: Target): Promise<string> {
    const bucket = this.prefix;
    if (this.bucket() !== undefined) return bucket;
    this.#append('bucket', bucket);
    const [{ CreateBucketCommand }, s3] = await Promise.all([import('@aws-sdk/client-s3'), target.s3()]);
    const isFirstRegion = target.region === 'us-east-1';
    const place = isFirstRegion ? {} : { CreateBucketConfiguration: { LocationConstraint: target.region as never } };
    await s3.send(new CreateBucketCommand({ Bucket: bucket, ...place }));
    return bucket;
  }

  bucket(): string | undefined {
    return this.#read('bucket')[0];
  }

  /** As Lambda's own log says; an invocation of which no answer came is missing. */
  cost(): Cost {
    const bill = new Bill(PRICES.x86_64);
    let gbSeconds = 0;
    const lines = this.#read('billing');
    for (const line of lines) {
      const [billedMs = 0, memoryMb = 0] = line.split(' ').map(Number);
      bill.add({ billedMs, memoryMb, durationMs: billedMs, isColdStart: false });
      gbSeconds += (billedMs / 1000) * (memoryMb / 1024);
    }
    return { requests: lines.length, gbSeconds, usd: bill.total?.costUsd ?? 0 };
  }

  #append(file: string, line: string): void {
    appendFileSync(path.join(this.#folder, file), `${line}\n`);
  }

  #read(file: string): string[] {
    const full = path.join(this.#folder, file);
    if (!existsSync(full)) return [];
    const lines = readFileSync(full, 'utf8').split('\n');
    return lines.filter((line) => line !== '');
  }
}
