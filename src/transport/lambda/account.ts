/** Questions to the AWS account of a function. Loads the AWS SDK at the first one; its client is apart from the transport's. */
import type { LambdaClientConfig } from '@aws-sdk/client-lambda';
import { LambdaPoolError } from '../../shared/errors.ts';
import { toPoolError } from './errors.ts';
import { regionOf, withStandIns } from './stand-in.ts';

export interface LambdaAccountOptions {
  /** The function: its name, `name:qualifier`, or its ARN. */
  readonly functionName: string;
  readonly region?: string;
  readonly credentials?: NonNullable<LambdaClientConfig['credentials']>;
  readonly profile?: string;
  readonly endpoint?: string;
}

/** Long enough for a slow start of a region's endpoint, short enough that nobody thinks that it hangs. */
const ANSWER_TIMEOUT_MS = 20_000;

/** What an account lets a function do. */
export class LambdaAccount {
  readonly #options: LambdaAccountOptions;

  constructor(options: LambdaAccountOptions) {
    this.#options = options;
  }

  /**
   * How many invocations of the function can run at once: what is reserved for it, else what the account has left for all
   * functions without a reservation. Whatever else runs there takes its part of that.
   * @throws {LambdaPoolError} ACCESS_DENIED, UNREACHABLE, FUNCTION_NOT_FOUND, OPTION_INVALID
   */
  async concurrency(): Promise<number> {
    const { functionName, region, ...access } = await withStandIns(this.#options);
    const { GetAccountSettingsCommand, GetFunctionConcurrencyCommand, LambdaClient } =
      await import('@aws-sdk/client-lambda');
    const where = region ?? regionOf(functionName);
    const client = new LambdaClient({ ...access, ...(where !== undefined && { region: where }) });
    const options = { abortSignal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) };
    try {
      const [account, reserved] = await Promise.all([
        client.send(new GetAccountSettingsCommand({}), options),
        client.send(new GetFunctionConcurrencyCommand({ FunctionName: unqualified(functionName) }), options),
      ]);
      const limit = reserved.ReservedConcurrentExecutions ?? account.AccountLimit?.UnreservedConcurrentExecutions;
      return Math.max(1, limit ?? 1);
    } catch (error) {
      throw explained(toPoolError(error, { functionName, profile: access.profile }));
    } finally {
      client.destroy();
    }
  }
}

/** Concurrency is reserved for a function, not for one version of it. */
function unqualified(functionName: string): string {
  return functionName.replace(/^(arn:(?:[^:]*:){4}function:[^:]+|[^:]+):[^:]+$/, '$1');
}

function explained(error: LambdaPoolError): LambdaPoolError {
  const message =
    `\`workers: 'auto'\` asks AWS how many invocations may run at once, and that failed: ${error.message} ` +
    'It needs the actions lambda:GetAccountSettings and lambda:GetFunctionConcurrency; or give `workers` a number.';
  const { code, details, retryable } = error;
  return new LambdaPoolError(code === 'BUG' ? 'UNREACHABLE' : code, message, { cause: error, details, retryable });
}
