import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createApp } from '../../../emulator/http/app.ts';
import type { ServerOptions } from '../../../emulator/http/server.ts';
import type { InvocationRequest } from '../../../emulator/invocation.ts';
import { isLambdaPoolError } from '../../../src/shared/errors.ts';
import { invokePath } from '../../conformance/support/raw-http.ts';
import { type Answer, fakeCore, invoke, start } from './http-fake-core.ts';

describe('the door', () => {
  it('refuses foreign hosts and pages before anything is read or run', async () => {
    const { core, requests } = fakeCore();
    await using server = await start(core, { allowedHosts: ['My-Box.lan'] });
    for (const headers of [
      { host: 'evil.example' },
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      const answer = await invoke(server, { headers });
      expect(answer.status).toBe(403);
      expect(answer.headers['x-amzn-errortype']).toBe('AccessDeniedException');
    }
    expect(requests).toEqual([]);
    expect((await invoke(server, { headers: { host: 'my-box.lan:1' } })).status).toBe(200);
    expect((await invoke(server, { headers: { origin: 'http://localhost:8080' } })).status).toBe(200);
  });

  it('answers 413 to a body above 6,291,456 bytes after the client has sent it all, and takes the next request', async () => {
    const { core, requests } = fakeCore();
    await using server = await start(core);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const post = (body: Buffer): Promise<[number, string]> =>
      new Promise((resolve, reject) => {
        const sent = httpRequest(server.url + invokePath('f'), { method: 'POST', agent }, (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          answer.on('end', () => resolve([answer.statusCode ?? 0, text]));
        });
        sent.on('error', reject);
        sent.end(body);
      });
    const json = (length: number) => Buffer.from(`"${'x'.repeat(length - 2)}"`);
    try {
      expect(await post(json(20_000_000))).toEqual([
        413,
        '{"Message":"Request must be smaller than 6291456 bytes for the InvokeFunction operation"}',
      ]);
      expect((await post(json(6_291_456)))[0]).toBe(200);
      expect((await post(json(6_291_457)))[0]).toBe(413);
      expect(requests).toHaveLength(1);
    } finally {
      agent.destroy();
    }
  });

  it('gives up a call whose client goes away', async () => {
    const started = Promise.withResolvers<InvocationRequest>();
    const never = Promise.withResolvers<Answer>();
    const { core } = fakeCore((request) => {
      started.resolve(request);
      return never.promise;
    });
    await using server = await start(core);
    const sent = httpRequest(server.url + invokePath('f'), { method: 'POST', agent: false });
    sent.on('error', () => undefined);
    sent.end('{}');
    const { signal } = await started.promise;
    expect(signal?.aborted).toBe(false);
    sent.destroy();
    await once(signal ?? new EventTarget(), 'abort');
    expect(String(signal?.reason)).toContain('client closed the connection');
    never.resolve(new Error('aborted'));
  });

  it('does not abort the next call of a connection whose first was answered', async () => {
    const { core, requests } = fakeCore();
    await using server = await start(core);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const post = async (): Promise<void> => {
      const sent = httpRequest(server.url + invokePath('f'), { method: 'POST', agent }).end('{}');
      const [answer]: IncomingMessage[] = await once(sent, 'response');
      answer?.resume();
      await once(answer ?? sent, 'end');
    };
    try {
      await post();
      await post();
      const [first, second] = requests.map(({ signal }) => signal);
      expect(second?.aborted).toBe(false);
      // Making one for each request would cost more than the routing.
      expect(second).toBe(first);
    } finally {
      agent.destroy();
    }
  });

  it('survives clients that break off in the middle of a body', async () => {
    const { core, requests } = fakeCore();
    await using server = await start(core);
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    const ended = once(socket, 'close');
    socket.write(`POST ${invokePath('f')} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"a"`);
    socket.destroy();
    await ended;
    expect((await invoke(server)).status).toBe(200);
    expect(requests).toHaveLength(1);
  });
});

describe('starting and closing', () => {
  it('says where it listens: on this machine only, on a free port', async () => {
    await using server = await start(fakeCore().core);
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    expect(server.port).toBeGreaterThan(0);
  });

  it('says so when the port is in use, and how to go on', async () => {
    await using first = await start(fakeCore().core);
    const error: unknown = await start(fakeCore().core, { port: first.port }).catch((cause: unknown) => cause);
    expect(isLambdaPoolError(error, 'OPTION_INVALID')).toBe(true);
    expect(String(error)).toContain(`Port ${first.port} is in use`);
    expect(String(error)).toContain('--port');
  });

  it.each<[object, string]>([
    [{ port: 70_000 }, '`port`'],
    [{ port: 1.5 }, '`port`'],
    [{ host: '' }, '`host`'],
    [{ host: '203.0.113.1' }, 'Cannot listen on 203.0.113.1'],
    [{ allowedHosts: ['http://my-box.lan'] }, '`allowedHosts`'],
    [{ allowedHosts: ['my-box.lan:3001'] }, '`allowedHosts`'],
    [{ allowedHosts: 'my-box.lan' }, '`allowedHosts`'],
    [{ allowedHosts: [3001] }, '`allowedHosts`'],
    [{ prot: 1 }, '`prot`'],
  ])('refuses %j', async (options, fact) => {
    const error: unknown = await start(fakeCore().core, options as ServerOptions).catch((cause: unknown) => cause);
    expect(isLambdaPoolError(error, 'OPTION_INVALID')).toBe(true);
    expect(String(error)).toContain(fact);
  });

  it('closes idle, silent and waiting connections at once, and only once', async () => {
    const started = Promise.withResolvers<void>();
    const never = Promise.withResolvers<Answer>();
    const { core } = fakeCore(() => {
      started.resolve();
      return never.promise;
    });
    const server = await start(core);
    const sockets: Socket[] = [];
    for (const text of [
      '',
      'POST /',
      `POST ${invokePath('f')} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n`,
    ]) {
      const socket = connect(server.port, '127.0.0.1');
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      if (text !== '') socket.write(text);
      sockets.push(socket);
    }
    await started.promise;
    const closed = Promise.all(sockets.map((socket) => once(socket, 'close')));
    const first = server.close();
    expect(server.close()).toBe(first);
    await first;
    await closed;
    await expect(invoke(server)).rejects.toThrow('ECONNREFUSED');
    never.resolve({});
  });

  it('an app can be made without a socket', () => {
    expect(typeof createApp({ emulator: fakeCore().core, allowedHosts: new Set() })).toBe('function');
  });

  it('a request that comes before the app is loaded is answered by it', async () => {
    const { core } = fakeCore();
    await using server = await start(core, {});
    const [first, second] = await Promise.all([invoke(server), invoke(server)]);
    expect([first.status, second.status]).toEqual([200, 200]);
    await server.ready();
    expect((await invoke(server)).status).toBe(200);
  });
});
