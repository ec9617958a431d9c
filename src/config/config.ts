/** What a configuration file may say. Small on purpose: it is all that a configuration file loads of this package. */

/** What holds for a project's tasks, on this machine, in LocalStack and on AWS. Options and flags override it. */
export interface LambdaPoolConfig {
  /** Name of the Lambda function: 1 to 64 letters, digits, hyphens and underscores. */
  readonly functionName?: string;
  /**
   * Folder of the task modules: a path, relative to the folder of the configuration file, or a `file:` URL.
   * @default './tasks', seen from the working directory
   */
  readonly tasksRoot?: string | URL;
  /**
   * Memory of the function in MB, 128 to 10,240. Lambda gives a share of the processors with it: 1,769 is one of them.
   * @default 1769
   */
  readonly memoryMb?: number;
  /**
   * Milliseconds that one invocation may take: whole seconds, 1,000 to 900,000.
   * @default 60_000
   */
  readonly timeoutMs?: number;
  /** Environment variables of the tasks. Variables from flags and options are added to them. */
  readonly env?: Readonly<Record<string, string>>;
  /** ARNs of up to five layer versions. Only where the function is deployed: the emulator has no layers. */
  readonly layers?: readonly string[];
  /** Packages to leave out of the bundle, as a layer or the runtime brings them. */
  readonly external?: readonly string[];
  /** Globs, relative to the tasks root, of files that tasks read: `**\/*.csv`. */
  readonly assets?: readonly string[];
  /**
   * The runtime: `nodejs22.x` or `nodejs24.x`.
   * @default the newest
   */
  readonly runtime?: string;
  /** @default 'x86_64' */
  readonly architecture?: 'x86_64' | 'arm64';
  /** ARN of the role that the function runs with, instead of one that is made for it. */
  readonly roleArn?: string;
  /** Subnets of a VPC to run in; goes with `securityGroupIds`. */
  readonly subnetIds?: readonly string[];
  /** Security groups in that VPC; goes with `subnetIds`. */
  readonly securityGroupIds?: readonly string[];
  /** Tags of the function, and of its role and log group when those are made. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Days after which CloudWatch deletes log events. */
  readonly logRetentionDays?: number;
  /** S3 bucket through which calls and results travel that are too large for Lambda. */
  readonly payloadBucket?: string;
  /** AWS region, such as `eu-central-1`. `AWS_REGION` overrides it. */
  readonly region?: string;
  /** Name of a profile in the shared AWS configuration files. `AWS_PROFILE` overrides it. */
  readonly profile?: string;
}

/**
 * The configuration as it is: it lets editors know its type.
 * @example lambdapool.config.ts
 * import { defineConfig } from 'lambdapool';
 * export default defineConfig({ functionName: 'math-helpers', tasksRoot: './src/tasks', memoryMb: 1_769 });
 */
export function defineConfig(config: LambdaPoolConfig): LambdaPoolConfig {
  return config;
}
