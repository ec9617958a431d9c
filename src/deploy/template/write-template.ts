/** Tasks root to SAM template with the folder that it deploys. */
import { join, resolve } from 'node:path';
import { toPath } from '../../bundle/paths.ts';
import { packageVersion } from '../package-version.ts';
import { packageTasks, type TasksPackage } from '../package/package-tasks.ts';
import { checkPackageSize, type PackageSize } from '../package/size.ts';
import { lambdaPlatform } from '../package/target-platform.ts';
import { zipFolder } from '../package/zip.ts';
import { checkEnvSize, checkFunctionName, checkSettings, type FunctionSettings } from '../settings.ts';
import { markEnv } from '../function/marks.ts';
import { samTemplate } from './sam-template.ts';
import { checkApart, checkFolder, CODE_FOLDER, replaceFolder, TEMPLATE_FILE } from './template-folder.ts';
import { templateText } from './template-text.ts';

export interface WriteTemplateOptions {
  readonly functionName: string;
  /** Folder of the task modules; a relative path is relative to the working directory. */
  readonly tasksRoot: string | URL;
  readonly external?: readonly string[] | undefined;
  readonly assets?: readonly string[] | undefined;
  readonly settings: FunctionSettings;
  /** Folder for the template and the bundle; made if it is not there. */
  readonly outDir: string;
  /** Whether a template that we did not write, or that was edited, may be overwritten. */
  readonly force: boolean;
  readonly alarms: boolean;
  /** Ends the work between two steps; rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface WrittenTemplate {
  /** Absolute paths. */
  readonly templateFile: string;
  readonly codeFolder: string;
  readonly size: PackageSize;
  readonly manifest: TasksPackage['manifest'];
  readonly notes: readonly string[];
}

/**
 * Writes `template.yaml` and the bundle beside it. Whatever fails, the folder stays as it was.
 * @throws {LambdaPoolError} OPTION_INVALID for settings that Lambda refuses and for a folder that is not ours;
 * BUILD_FAILED; PAYLOAD_TOO_LARGE.
 * @throws `signal.reason` when aborted.
 */
export async function writeTemplate(options: WriteTemplateOptions): Promise<WrittenTemplate> {
  const functionName = checkFunctionName(options.functionName);
  const settings = checkSettings(options.settings);
  const version = await packageVersion();
  checkEnvSize({ ...settings.env, ...markEnv(functionName, version) });
  const outDir = resolve(options.outDir);
  const { tasksRoot, external, assets, alarms, signal } = options;
  await checkApart(outDir, toPath(tasksRoot));
  if (!options.force) await checkFolder(outDir);
  signal?.throwIfAborted();
  const architecture = settings.architecture ?? 'x86_64';
  const platform = lambdaPlatform(architecture);
  const { size, made } = await replaceFolder(outDir, async (codeFolder) => {
    const made = await packageTasks({ tasksRoot, outDir: codeFolder, external, assets, platform });
    signal?.throwIfAborted();
    const size = await checkPackageSize(made, await zipFolder(made.directory));
    const input = { functionName, settings, version, codeUri: `./${CODE_FOLDER}`, alarms };
    const template = await templateText(samTemplate(input));
    signal?.throwIfAborted();
    return { template, size, made };
  });
  const { manifest, notes } = made;
  return { templateFile: join(outDir, TEMPLATE_FILE), codeFolder: join(outDir, CODE_FOLDER), size, manifest, notes };
}
