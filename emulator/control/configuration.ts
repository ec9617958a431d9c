/** How Lambda shows a function: the members in the order of the recordings. Pure. */
import { createHash } from 'node:crypto';
import { functionArn, type AccountFacts } from '../arn.ts';
import type { VersionRecord } from './registry.ts';
import type { FunctionSettings } from './settings.ts';

/** A function as Lambda's API shows it. Members that do not apply are absent. */
export interface FunctionConfiguration {
  readonly Architectures: readonly string[];
  readonly CodeSha256: string;
  readonly CodeSize: number;
  readonly Description: string;
  readonly Environment?: { readonly Variables: Readonly<Record<string, string>> };
  readonly EphemeralStorage: { readonly Size: number };
  readonly FunctionArn: string;
  readonly FunctionName: string;
  readonly Handler: string;
  readonly LastModified: string;
  readonly LastUpdateStatus?: 'InProgress' | 'Successful';
  readonly LastUpdateStatusReason?: string;
  readonly LastUpdateStatusReasonCode?: string;
  /** CodeSize is 0: their contents are not here. */
  readonly Layers?: readonly { readonly Arn: string; readonly CodeSize: number }[];
  readonly LoggingConfig: Readonly<Record<string, string>>;
  readonly MemorySize: number;
  readonly PackageType: 'Zip';
  readonly RevisionId: string;
  readonly Role: string;
  readonly Runtime: string;
  readonly RuntimeVersionConfig: { readonly RuntimeVersionArn: string };
  readonly SnapStart: { readonly ApplyOn: string; readonly OptimizationStatus: 'Off' };
  readonly State?: 'Pending' | 'Active';
  readonly StateReason?: string;
  readonly StateReasonCode?: string;
  /** Seconds. */
  readonly Timeout: number;
  readonly TracingConfig: { readonly Mode: string };
  readonly Version: string;
  readonly VpcConfig?: {
    readonly Ipv6AllowedForDualStack: boolean;
    readonly SecurityGroupIds: readonly string[];
    readonly SubnetIds: readonly string[];
    readonly VpcId: string;
  };
}

export interface ConfigurationView {
  readonly account: AccountFacts;
  readonly functionName: string;
  /** The ARN names the version. */
  readonly isQualified?: boolean;
  /** Lists leave the states out. */
  readonly isListed?: boolean;
}

const CREATING = 'The function is being created.';

export function showConfiguration(record: VersionRecord, view: ConfigurationView): FunctionConfiguration {
  const { settings, version } = record;
  const { account, functionName } = view;
  const isListed = view.isListed === true;
  return {
    Architectures: [settings.architecture],
    CodeSha256: record.codeSha256,
    CodeSize: record.codeBytes,
    Description: settings.description,
    ...(Object.keys(settings.env).length > 0 && { Environment: { Variables: settings.env } }),
    EphemeralStorage: { Size: settings.ephemeralStorageMb },
    FunctionArn: functionArn(account, functionName, view.isQualified === true ? version : undefined),
    FunctionName: functionName,
    Handler: settings.handler,
    LastModified: record.lastModified.toISOString().replace('Z', '+0000'),
    ...(!isListed && showUpdate(record)),
    ...(settings.layers.length > 0 && { Layers: settings.layers.map((Arn) => ({ Arn, CodeSize: 0 })) }),
    LoggingConfig: showLogging(settings),
    MemorySize: settings.memoryMb,
    PackageType: 'Zip',
    RevisionId: record.revisionId,
    Role: settings.role,
    Runtime: settings.runtime,
    RuntimeVersionConfig: { RuntimeVersionArn: runtimeVersionArn(account.region, settings.runtime) },
    SnapStart: { ApplyOn: settings.snapStart, OptimizationStatus: 'Off' },
    ...(!isListed && showState(record)),
    Timeout: settings.timeoutSeconds,
    TracingConfig: { Mode: settings.tracingMode },
    Version: version,
    ...showVpc(settings),
  };
}

function showUpdate({
  lastUpdateStatus,
}: VersionRecord): Pick<
  FunctionConfiguration,
  'LastUpdateStatus' | 'LastUpdateStatusReason' | 'LastUpdateStatusReasonCode'
> {
  if (lastUpdateStatus === undefined) return {};
  if (lastUpdateStatus === 'Successful') return { LastUpdateStatus: lastUpdateStatus };
  return {
    LastUpdateStatus: lastUpdateStatus,
    LastUpdateStatusReason: CREATING,
    LastUpdateStatusReasonCode: 'Creating',
  };
}

function showState({ state }: VersionRecord): Pick<FunctionConfiguration, 'State' | 'StateReason' | 'StateReasonCode'> {
  return state === 'Active' ? { State: state } : { State: state, StateReason: CREATING, StateReasonCode: 'Creating' };
}

function showLogging({ logging }: FunctionSettings): Readonly<Record<string, string>> {
  const { format, group, applicationLevel, systemLevel } = logging;
  return {
    ...(applicationLevel !== undefined && { ApplicationLogLevel: applicationLevel }),
    LogFormat: format,
    LogGroup: group,
    ...(systemLevel !== undefined && { SystemLogLevel: systemLevel }),
  };
}

function showVpc({ vpc }: FunctionSettings): Pick<FunctionConfiguration, 'VpcConfig'> {
  if (vpc === undefined) return {};
  const { subnetIds, securityGroupIds } = vpc;
  return {
    VpcConfig: {
      Ipv6AllowedForDualStack: false,
      SecurityGroupIds: securityGroupIds,
      SubnetIds: subnetIds,
      VpcId: 'vpc-00000000000000000',
    },
  };
}

/** The form is AWS's; there it names a build of the runtime. */
function runtimeVersionArn(region: string, runtime: string): string {
  return `arn:aws:lambda:${region}::runtime:${createHash('sha256').update(runtime).digest('hex')}`;
}
