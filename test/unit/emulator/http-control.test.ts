/** Who may look after functions over HTTP, and what is said of code that is no package. */
import { describe, expect, it } from 'vitest';
import { Emulator } from '../../../emulator/emulator.ts';
import { startServer } from '../../../emulator/http/server.ts';
import { send } from '../../conformance/support/raw-http.ts';
import { fakeCore, start } from './http-fake-core.ts';

const FUNCTIONS = '/2015-03-31/functions';

describe('functions are looked after', () => {
  it.each(['http://localhost:8080', 'https://app.localhost', 'http://127.0.0.1:1'])(
    'by no page of %s, which may call them: making one is running code',
    async (origin) => {
      const { core } = fakeCore();
      await using server = await start(core);
      // What a page can send without asking first.
      const headers = { origin, 'content-type': 'text/plain', 'sec-fetch-site': 'same-site' };
      for (const method of ['POST', 'GET']) {
        const answer = await send(server.url, { method, path: FUNCTIONS, headers });
        expect(answer.status).toBe(403);
        expect(JSON.parse(answer.body)).toMatchObject({
          Message: `A web page of the origin "${origin}" may call functions of this emulator, but not look after them.`,
        });
      }
    },
  );

  it('by pages of the very same server, and by programs', async () => {
    const { core } = fakeCore();
    await using server = await start(core);
    expect((await send(server.url, { path: FUNCTIONS, method: 'GET', headers: { origin: server.url } })).status).toBe(
      200,
    );
    expect((await send(server.url, { path: FUNCTIONS, method: 'GET' })).status).toBe(200);
  });
});

describe('the code of a function', () => {
  it('that the program registered is nowhere to be had', async () => {
    await using emulator = new Emulator();
    emulator.register({
      functionName: 'registered',
      code: {
        current: () => Promise.reject(new Error('It is not asked for.')),
        onChange: () => ({ [Symbol.dispose]: () => undefined }),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      },
    });
    await using server = await startServer({ emulator });
    const answer = await send(server.url, { method: 'GET', path: '/_lambdapool/code/registered/$LATEST' });
    expect(answer.status).toBe(404);
    expect(answer.body).toContain('registered has no package');
  });
});
