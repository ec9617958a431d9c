import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../../emulator/http/access.ts';

const none = new Set<string>();

describe('who may call the local server', () => {
  it.each([
    'localhost',
    'localhost:3001',
    'LocalHost:3001',
    'lambda.localhost:3001',
    'a.b.localhost',
    '127.0.0.1',
    '127.0.0.1:65535',
    '[::1]',
    '[::1]:3001',
  ])('the Host %j is welcome', (host) => {
    expect(refusalOf({ host }, none)).toBeUndefined();
  });

  it.each([
    'evil.example',
    'evil.example:3001',
    'localhost.evil.example',
    'evillocalhost',
    '127.0.0.1.evil.example',
    '127.0.0.2',
    '0.0.0.0:3001',
    '192.168.1.5:3001',
    'localhost:3001@evil.example',
    'evil.example#localhost',
    'localhost:port',
    '.localhost',
    '[::1].evil.example',
    '[::2]',
    'localhost\u00a0',
    '',
  ])('the Host %j is refused, and the answer names it and the remedy', (host) => {
    const refusal = refusalOf({ host }, none);
    expect(refusal).toContain(JSON.stringify(host));
    expect(refusal).toContain('--allowed-host');
  });

  it('a request without Host is refused', () => {
    expect(refusalOf({}, none)).toContain('Host header ""');
  });

  it('a name that the user allowed is welcome as Host and as Origin, others stay refused', () => {
    const allowed = new Set(['my-box.lan']);
    expect(refusalOf({ host: 'My-Box.lan:3001' }, allowed)).toBeUndefined();
    expect(refusalOf({ host: 'my-box.lan', origin: 'http://my-box.lan:8080' }, allowed)).toBeUndefined();
    expect(refusalOf({ host: 'other.lan' }, allowed)).toContain('other.lan');
    expect(refusalOf({ host: 'a.my-box.lan' }, allowed)).toContain('a.my-box.lan');
  });

  it.each(['http://localhost:8080', 'https://app.localhost', 'http://127.0.0.1:3001', 'http://[::1]:3001'])(
    'a page of %j is welcome: it is on this machine',
    (origin) => {
      expect(refusalOf({ host: 'localhost', origin }, none)).toBeUndefined();
    },
  );

  it.each([
    'http://evil.example',
    'https://evil.example:3001',
    'http://localhost.evil.example',
    'http://localhost@evil.example',
    'http://evil.example/localhost',
    'http://evil.example#localhost',
    'http://evil.example\\localhost',
    'http://localhost/',
    'file://localhost',
    'chrome-extension://abcdefgh',
    'localhost',
    'null',
    '',
  ])('a page of the origin %j is refused', (origin) => {
    expect(refusalOf({ host: 'localhost', origin }, none)).toContain('web page');
  });

  it('a request that a browser marks as cross-site is refused, even without Origin', () => {
    expect(refusalOf({ host: 'localhost', 'sec-fetch-site': 'cross-site' }, none)).toContain('another site');
    expect(refusalOf({ host: 'localhost', 'sec-fetch-site': 'same-origin' }, none)).toBeUndefined();
    expect(refusalOf({ host: 'localhost', 'sec-fetch-site': 'none' }, none)).toBeUndefined();
  });

  it('the answer to a very long name stays short', () => {
    expect(refusalOf({ host: 'x'.repeat(10_000) }, none)?.length).toBeLessThan(400);
  });
});
