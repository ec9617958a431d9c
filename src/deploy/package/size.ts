/** Lambda's limits on the size of a function's code, and what to say to whom they stop. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LambdaPoolError } from '../../shared/errors.ts';
import type { PackagePart, TasksPackage } from './package-tasks.ts';

/** Zipped code that may travel inside the request; more has to lie in a bucket of S3. */
const MAX_INLINE_ZIP_BYTES = 50 * 1024 * 1024;
/** Unzipped code of a function, its layers included. */
const MAX_UNZIPPED_BYTES = 250 * 1024 * 1024;

const SHOWN_PARTS = 5;

/** What a package weighs. */
export interface PackageSize {
  readonly zippedBytes: number;
  readonly unzippedBytes: number;
  /** Whether the zip may travel inside the request. */
  readonly inline: boolean;
  /** `tasks/forecast.ts 1.2 MB, node_modules/sharp 19.4 MB`: the largest parts, largest first. */
  readonly largest: string;
}

/**
 * Measures a package before anything is sent.
 * @throws {LambdaPoolError} PAYLOAD_TOO_LARGE if Lambda would not take it, however it came.
 */
export async function checkPackageSize(
  made: Pick<TasksPackage, 'directory' | 'files' | 'parts'>,
  zip: Uint8Array,
): Promise<PackageSize> {
  let unzippedBytes = 0;
  for (const file of made.files) unzippedBytes += (await stat(join(made.directory, file))).size;
  const largest = made.parts.slice(0, SHOWN_PARTS).map(showPart).join(', ');
  if (unzippedBytes >= MAX_UNZIPPED_BYTES) {
    throw new LambdaPoolError(
      'PAYLOAD_TOO_LARGE',
      `The code is ${showSize(unzippedBytes)} unzipped, and Lambda takes less than ${showSize(MAX_UNZIPPED_BYTES)}, layers included. The largest parts are ${largest}. Import less, or deploy fewer tasks together.`,
      { details: { unzippedBytes, maxUnzippedBytes: MAX_UNZIPPED_BYTES, largest: made.parts.slice(0, SHOWN_PARTS) } },
    );
  }
  const zippedBytes = zip.byteLength;
  return { zippedBytes, unzippedBytes, inline: zippedBytes < MAX_INLINE_ZIP_BYTES, largest };
}

/** For a target where nothing but the request can carry the code. */
export function tooLargeInline({ zippedBytes, largest }: PackageSize): LambdaPoolError {
  return new LambdaPoolError(
    'PAYLOAD_TOO_LARGE',
    `The code is ${showSize(zippedBytes)} zipped, a request carries less than ${showSize(MAX_INLINE_ZIP_BYTES)}, and this target has no S3. The largest parts are ${largest}. Import less, or deploy fewer tasks together.`,
    { details: { zippedBytes, maxZippedBytes: MAX_INLINE_ZIP_BYTES } },
  );
}

function showPart({ name, bytes }: PackagePart): string {
  return `${name} (${showSize(bytes)})`;
}

/** `812 B`, `49.8 KB`, `250 MB`. */
export function showSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const kilobytes = bytes / 1024;
  const [value, unit] = kilobytes < 1024 ? [kilobytes, 'KB'] : [kilobytes / 1024, 'MB'];
  return `${Number(value.toFixed(1))} ${unit}`;
}
