/** An emulator's core without environments, behind a real server: for tests of the HTTP door. */
import { Emulator } from '../../../emulator/emulator.ts';
import type { EmulatorCore } from '../../../emulator/http/operation.ts';
import { type Server, type ServerOptions, startServer } from '../../../emulator/http/server.ts';
import type { InvocationRequest, InvocationResult } from '../../../emulator/invocation.ts';
import { invokePath, type RawAnswer, type RawRequest, send } from '../../conformance/support/raw-http.ts';

export type Answer = Partial<InvocationResult> | Error;

/** A core that records what it was asked and answers what it is told. */
export function fakeCore(answer: (request: InvocationRequest) => Answer | Promise<Answer> = () => ({})): {
  readonly core: EmulatorCore;
  readonly requests: readonly InvocationRequest[];
} {
  const requests: InvocationRequest[] = [];
  const core: EmulatorCore = {
    region: 'us-east-1',
    accountId: '000000000000',
    controlPlane: new Emulator().controlPlane,
    async invoke(request) {
      requests.push(request);
      const given = await answer(request);
      if (given instanceof Error) throw given;
      return { requestId: request.requestId ?? '', statusCode: 200, payload: '55', ...given };
    },
  };
  return { core, requests };
}

export function start(emulator: EmulatorCore, options: Omit<ServerOptions, 'emulator'> = {}): Promise<Server> {
  return startServer({ emulator, ...options });
}

/** Invokes the function `f` with `{}`, but for what `request` says. */
export function invoke(server: Server, request: Partial<RawRequest> = {}): Promise<RawAnswer> {
  return send(server.url, { path: invokePath('f'), body: '{}', ...request });
}
