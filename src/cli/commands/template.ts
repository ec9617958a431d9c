/** `lambdapool template`: a SAM template of the function, and the folder that it deploys. */
import path from 'node:path';
import type { WriteTemplateOptions } from '../../deploy/template/write-template.ts';
import { Interrupted } from '../interruption.ts';
import type { Io } from '../io.ts';

/** Writes both and says what to do with them. */
export async function template(options: WriteTemplateOptions & { readonly json: boolean }, io: Io): Promise<void> {
  const { json, ...others } = options;
  const [{ writeTemplate }, { showSize }] = await Promise.all([
    import('../../deploy/template/write-template.ts'),
    import('../../deploy/package/size.ts'),
  ]);
  const { templateFile, codeFolder, size, manifest, notes } = await writeTemplate(others).catch(
    async (error: unknown) => {
      if (error instanceof Interrupted) await io.stderr.write('lambdapool: Interrupted. No template was written.\n');
      throw error;
    },
  );
  for (const note of notes) await io.stderr.write(`lambdapool: note: ${note}\n`);
  if (json) {
    const { zippedBytes, unzippedBytes } = size;
    await io.stdout.write(
      `${JSON.stringify({ templateFile, codeFolder, zippedBytes, unzippedBytes, hash: manifest.hash })}\n`,
    );
    return;
  }
  const count = Object.keys(manifest.tasks).length;
  const folder = path.relative('', path.dirname(templateFile)) || '.';
  await io.stdout.write(
    [
      `Wrote ${path.join(folder, path.basename(templateFile))} and the ${count} ${count === 1 ? 'task' : 'tasks'} that it deploys (${showSize(size.zippedBytes)} zipped).`,
      `Deploy them: cd ${folder} && sam deploy --guided --capabilities CAPABILITY_IAM`,
      '',
    ].join('\n'),
  );
}
