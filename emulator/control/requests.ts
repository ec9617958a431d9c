/** Requests and answers of the control plane, shaped as in Lambda's API and its SDKs. Types only. */
import type { FunctionConfiguration } from './configuration.ts';

/** What Create and Update have in common. Units are Lambda's: seconds and megabytes. */
export type FunctionSettingsRequest = {
  readonly Description?: string;
  readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
  readonly EphemeralStorage?: { readonly Size: number };
  /** At most five ARNs. Shown, not loaded. */
  readonly Layers?: readonly string[];
  readonly LoggingConfig?: {
    readonly LogFormat?: string;
    readonly LogGroup?: string;
    readonly ApplicationLogLevel?: string;
    readonly SystemLogLevel?: string;
  };
  readonly MemorySize?: number;
  readonly SnapStart?: { readonly ApplyOn?: string };
  readonly Timeout?: number;
  readonly TracingConfig?: { readonly Mode?: string };
  readonly VpcConfig?: { readonly SubnetIds?: readonly string[]; readonly SecurityGroupIds?: readonly string[] };
};

/** The form of an ARN is checked; whether there is such a role nobody knows here. */
export type CreateFunctionRequest = FunctionSettingsRequest & {
  readonly FunctionName: string;
  readonly Role: string;
  readonly Code: { readonly ZipFile: Uint8Array };
  /** `index.handler`, `dir/file.export`. */
  readonly Handler: string;
  readonly Runtime: string;
  readonly Architectures?: readonly string[];
  readonly PackageType?: 'Zip';
  readonly Publish?: boolean;
  readonly Tags?: Readonly<Record<string, string>>;
};

export type UpdateFunctionCodeRequest = {
  readonly FunctionName: string;
  readonly ZipFile: Uint8Array;
  readonly Architectures?: readonly string[];
  readonly DryRun?: boolean;
  readonly Publish?: boolean;
  readonly RevisionId?: string;
};

export type UpdateFunctionConfigurationRequest = FunctionSettingsRequest & {
  readonly FunctionName: string;
  readonly Handler?: string;
  readonly Role?: string;
  readonly Runtime?: string;
  readonly RevisionId?: string;
};

export type PublishVersionRequest = {
  readonly FunctionName: string;
  readonly CodeSha256?: string;
  readonly Description?: string;
  readonly RevisionId?: string;
};

/** Names one function, or with a qualifier one version of it. */
export type FunctionRequest = { readonly FunctionName: string; readonly Qualifier?: string };

export type ListRequest = { readonly Marker?: string; readonly MaxItems?: number };
export type ListFunctionsRequest = ListRequest & { readonly FunctionVersion?: 'ALL' };
export type ListVersionsRequest = ListRequest & { readonly FunctionName: string };

export type TagResourceRequest = { readonly Resource: string; readonly Tags: Readonly<Record<string, string>> };
export type UntagResourceRequest = { readonly Resource: string; readonly TagKeys: readonly string[] };
export type ListTagsRequest = { readonly Resource: string };

export interface GetFunctionAnswer {
  readonly Code: {
    /** URL of the zip. Absent for a function that the program registered: there is no zip. */
    readonly Location?: string;
    readonly RepositoryType: 'S3';
  };
  readonly Configuration: FunctionConfiguration;
  readonly Tags?: Readonly<Record<string, string>>;
}

export interface ListFunctionsAnswer {
  readonly Functions: readonly FunctionConfiguration[];
  readonly NextMarker?: string;
}

export interface ListVersionsAnswer {
  readonly NextMarker?: string;
  readonly Versions: readonly FunctionConfiguration[];
}

export interface AccountSettings {
  readonly AccountLimit: {
    readonly CodeSizeUnzipped: number;
    readonly CodeSizeZipped: number;
    /** How many environments the emulator runs at once. */
    readonly ConcurrentExecutions: number;
    readonly TotalCodeSize: number;
    readonly UnreservedConcurrentExecutions: number;
  };
  readonly AccountUsage: { readonly FunctionCount: number; readonly TotalCodeSize: number };
}
