/** Ours: the zip of a version, at the URL that GetFunction gives as Code.Location. */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import type { Request, Response } from 'express';
import { notFound } from '../../api-errors.ts';
import { sendError } from '../answer.ts';
import { EMULATOR_HEADER } from '../headers.ts';
import type { EmulatorCore, Operation } from '../operation.ts';
import { PACKAGE_VERSION } from '../package-version.ts';

const PREFIX = '/_lambdapool/code';

export function codePath(functionName: string, version: string): string {
  return `${PREFIX}/${functionName}/${encodeURIComponent(version)}`;
}

export function downloadCodeOperation(core: EmulatorCore): Operation {
  return {
    name: 'the download of code',
    method: 'GET',
    path: `${PREFIX}/:FunctionName/:Qualifier`,
    handle: (request, response) => handle(core, request, response),
  };
}

async function handle(core: EmulatorCore, request: Request, response: Response): Promise<void> {
  try {
    const FunctionName = String(request.params['FunctionName']);
    const Qualifier = String(request.params['Qualifier']);
    const { Code, Configuration } = core.controlPlane.catalog.getFunction({ FunctionName, Qualifier });
    if (Code.Location === undefined) throw notFound(`${FunctionName} has no package: its code follows a folder.`);
    const file = createReadStream(fileURLToPath(Code.Location));
    response.writeHead(200, {
      'Content-Type': 'application/zip',
      'Content-Length': Configuration.CodeSize,
      [EMULATOR_HEADER]: PACKAGE_VERSION,
    });
    await pipeline(file, response);
  } catch (error) {
    sendError(response, error);
  }
}
