/** The door to objects within the HTTP door: what is signed for S3 goes there, everything else goes on. */
import type { NextFunction, Request, Response } from 'express';
import { answerObjectRequest, isForObjects } from '../objects/object-door.ts';
import type { ObjectFolder } from '../objects/object-folder.ts';
import { EMULATOR_HEADER } from './headers.ts';
import { PACKAGE_VERSION } from './package-version.ts';

type Middleware = (request: Request, response: Response, next: NextFunction) => void;

export function objectsMiddleware(folder: ObjectFolder): Middleware {
  return (request, response, next) => {
    if (!isForObjects(request)) return next();
    response.setHeader(EMULATOR_HEADER, PACKAGE_VERSION);
    void answerObjectRequest(folder, { request, response, path: request.path });
  };
}
