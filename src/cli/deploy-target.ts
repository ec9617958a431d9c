/** Opens the place that functions are deployed to: flags, then LAMBDAPOOL_TRANSPORT, then what the AWS SDK itself would take. */
import type { Target, TargetOptions } from '../deploy/target/target.ts';
import { LambdaPoolError } from '../shared/errors.ts';
import { usage } from './arguments.ts';
import { setProfile } from './aws-profile.ts';
import { DUMMY_KEY, LOCAL_REGION } from './client-lines.ts';
import { DEFAULT_PORT } from './defaults.ts';
import type { Io } from './io.ts';
import type { Settings } from './settings.ts';

/**
 * The target that the settings name.
 * @throws {LambdaPoolError} OPTION_INVALID, UNREACHABLE
 */
export async function openDeployTarget(settings: Settings, io: Io): Promise<Target> {
  setProfile(settings.values, io.env);
  const [{ openTarget }, options] = await Promise.all([
    import('../deploy/target/target.ts'),
    targetOptions(settings, findLocalStack),
  ]);
  return openTarget(options, { ...io.env });
}

/** What is said, over what the SDK finds by itself: environment variables reach it without us. */
export async function targetOptions(settings: Settings, find: typeof findLocalStack): Promise<TargetOptions> {
  // Of the variables, too: AWS_DEFAULT_REGION is one that this SDK does not know.
  const { transport, region } = settings.values;
  const profile = said(settings, 'profile');
  const endpoint = said(settings, 'endpoint');
  const given = {
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    ...(endpoint !== undefined && { endpoint }),
  };
  if (endpoint !== undefined || transport === undefined || transport === 'lambda') return given;
  const standIn = {
    region: LOCAL_REGION,
    credentials: { accessKeyId: DUMMY_KEY, secretAccessKey: DUMMY_KEY },
    ...given,
  };
  if (/^https?:/.test(transport)) return { ...standIn, endpoint: transport };
  if (transport === 'localstack') return { ...standIn, endpoint: await find() };
  if (transport === 'emulator') {
    throw usage(
      `LAMBDAPOOL_TRANSPORT=emulator runs tasks without deploying them. To deploy into an emulator, start \`lambdapool dev\` ` +
        `and give its address: --endpoint http://127.0.0.1:${DEFAULT_PORT}.`,
    );
  }
  throw usage(`LAMBDAPOOL_TRANSPORT must be 'lambda', 'localstack' or a URL here, got ${JSON.stringify(transport)}.`);
}

function said(settings: Settings, key: 'profile' | 'endpoint'): string | undefined {
  const setting = settings.list.find((each) => each.key === key);
  if (setting === undefined || setting.origin.kind === 'environment') return undefined;
  return String(setting.value);
}

export async function findLocalStack(): Promise<string> {
  const { findLocalStack: find } = await import('../../localstack/find.ts');
  const found = await find();
  if (found !== undefined) return found.endpoint;
  const message =
    'No LocalStack answers at http://localhost:4566. Start one (`docker run -p 127.0.0.1:4566:4566 -v ' +
    '/var/run/docker.sock:/var/run/docker.sock localstack/localstack:4.14.0`), or say where it is with AWS_ENDPOINT_URL.';
  throw new LambdaPoolError('UNREACHABLE', message);
}
