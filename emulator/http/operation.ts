/** What the operations of the HTTP door share: the part of an emulator that they call, and the shape of an operation. Types only. */
import type { Request, Response } from 'express';
import type { ControlPlane } from '../control/control-plane.ts';
import type { InvocationRequest, InvocationResult } from '../invocation.ts';

/** What the door needs of an emulator. */
export interface EmulatorCore {
  readonly region: string;
  readonly accountId: string;
  readonly controlPlane: ControlPlane;
  /** @throws {ServiceError} what Lambda's API would answer instead of a result. */
  invoke(request: InvocationRequest): Promise<InvocationResult>;
}

/** One operation of Lambda's API. */
export interface Operation {
  /** As AWS names it: `Invoke`. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path in express's notation. It is matched against the raw path; parameters are percent-decoded afterwards. */
  readonly path: string;
  /** Answers one request. What it throws is answered as an error. */
  handle(request: Request, response: Response): Promise<void>;
}
