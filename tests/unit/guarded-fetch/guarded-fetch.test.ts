import type { RequestListener } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { createGuardedFetch, type GuardedFetchOptions } from '#lib/guarded-fetch/guarded-fetch.ts';
import { PUBLIC_ADDRESS, startFakeInternet } from '#tests/support/fake-internet.ts';
import { freePort } from '#tests/support/free-port.ts';
import { loopbackServer } from '#tests/support/loopback-server.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function serverFor(serve: RequestListener) {
  const server = await loopbackServer(serve);
  closing.push(server.close);
  return server;
}

async function internet(hosts: string[], serve: RequestListener, overrides = {}) {
  const web = await startFakeInternet(hosts, serve, overrides);
  closing.push(web.close);
  return web;
}

const local: GuardedFetchOptions = { allowLoopback: true };
const GENERIC = /could not be fetched/;

describe('a response', () => {
  test('is returned with its status, headers and body', async () => {
    const web = await internet(['api.example.com'], (request, response) => {
      response.writeHead(201, { 'content-type': 'application/json', 'set-cookie': ['a=1', 'b=2'] });
      response.end(JSON.stringify({ host: request.headers.host, path: request.url }));
    });
    const answer = await web.fetch('https://api.example.com/a?b=c#d', { allowLoopback: false });
    expect(answer.status).toBe(201);
    expect(answer.json()).toEqual({ host: 'api.example.com', path: '/a?b=c' });
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(answer.url).toBe('https://api.example.com/a?b=c#d');
    expect(answer.durationMs).toBeGreaterThan(0);
    expect(web.dialled).toEqual(['93.184.216.34:443']);
    // A host behind a content delivery network serves by this name (RFC 6066 section 3).
    expect(web.reached.serverNames).toEqual(['api.example.com']);
  });

  test('is refused when the certificate is for another name', async () => {
    const web = await internet(['api.example.com'], (_request, response) => response.end('secret'), {
      resolve: async () => [PUBLIC_ADDRESS],
    });
    await expect(web.fetch('https://other.example.com/', { allowLoopback: false })).rejects.toMatchObject({
      code: 'network',
    });
    expect(web.reached.requests).toBe(0);
  });

  test('is refused when the certificate is not trusted', async () => {
    const web = await internet(['api.example.com'], (_request, response) => response.end('secret'), {
      ca: undefined,
    });
    await expect(web.fetch('https://api.example.com/', { allowLoopback: false })).rejects.toMatchObject({
      code: 'network',
    });
    expect(web.reached.requests).toBe(0);
  });

  test('is returned as it is when it redirects', async () => {
    const target = await serverFor((_request, response) => response.end('inside'));
    const server = await serverFor((_request, response) =>
      response.writeHead(302, { location: target.url }).end(),
    );
    const answer = await createGuardedFetch()(server.url, local);
    expect([answer.status, answer.headers.get('location')]).toEqual([302, target.url]);
    expect(target.seen.connections).toBe(0);
  });

  test('is refused above the size limit with any content-length', async () => {
    const server = await serverFor((request, response) => {
      if (request.url === '/honest') response.setHeader('content-length', 2000);
      response.end('x'.repeat(2000));
    });
    const fetch = createGuardedFetch();
    for (const path of ['/honest', '/chunked'])
      await expect(fetch(`${server.url}${path}`, { ...local, maxBytes: 1999 })).rejects.toMatchObject({
        code: 'too_large',
      });
    expect((await fetch(`${server.url}/fits`, { ...local, maxBytes: 2000 })).body.length).toBe(2000);
  });

  test('is refused in any encoding, and none is requested', async () => {
    const bomb = gzipSync(gzipSync('0'.repeat(1_000_000)));
    const asked: unknown[] = [];
    const server = await serverFor((request, response) => {
      asked.push(request.headers['accept-encoding']);
      response.setHeader('content-encoding', decodeURIComponent(request.url?.slice(1) ?? ''));
      response.end(bomb);
    });
    const fetch = createGuardedFetch();
    for (const encoding of ['gzip', 'GZIP', 'br', 'gzip, gzip', 'identity, gzip', 'x-anything'])
      await expect(fetch(`${server.url}/${encodeURIComponent(encoding)}`, local)).rejects.toMatchObject({
        code: 'encoded',
      });
    expect(new Set(asked)).toEqual(new Set(['identity']));
  });

  test.each(['headers', 'body', 'drip'])(
    'whose %s never end is given up at the deadline, and the connection closed',
    async (stuck) => {
      const closed = Promise.withResolvers<void>();
      const server = await serverFor((request, response) => {
        request.socket.on('close', () => closed.resolve());
        if (stuck === 'headers') return;
        response.write('x');
        if (stuck === 'body') return;
        const timer = setInterval(() => response.write('x'), 10);
        request.socket.on('close', () => clearInterval(timer));
      });
      const error = await createGuardedFetch()(server.url, { ...local, timeoutMs: 100 }).catch(
        (reason) => reason,
      );
      expect(error).toMatchObject({ code: 'timeout', message: expect.stringMatching(GENERIC) });
      await closed.promise;
    },
  );

  test('is not awaited after the deadline of a silent name server, and no connection is opened', async () => {
    const asked = Promise.withResolvers<AbortSignal>();
    const late = Promise.withResolvers<string[]>();
    const web = await internet(['slow.example.com'], (_request, response) => response.end('x'), {
      resolve: (_name: string, signal: AbortSignal) => {
        asked.resolve(signal);
        return late.promise;
      },
    });
    await expect(
      web.fetch('https://slow.example.com/', { allowLoopback: false, timeoutMs: 50 }),
    ).rejects.toMatchObject({ code: 'timeout' });
    expect((await asked.promise).aborted).toBe(true);
    late.resolve([PUBLIC_ADDRESS]);
    await late.promise;
    expect(web.dialled).toEqual([]);
  });

  test('is not awaited after the deadline of a hanging handshake, and the connection is closed', async () => {
    const closed = Promise.withResolvers<void>();
    const mute = createTcpServer((socket) => {
      socket.on('close', () => closed.resolve()).on('error', () => undefined);
      socket.resume();
    });
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => mute.close(resolve)));
    const { port } = mute.address() as AddressInfo;
    const fetch = createGuardedFetch({
      resolve: async () => [PUBLIC_ADDRESS],
      dial: () => connect(port, '127.0.0.1'),
    });
    await expect(
      fetch('https://mute.example.com/', { allowLoopback: false, timeoutMs: 100 }),
    ).rejects.toMatchObject({ code: 'timeout' });
    await closed.promise;
  });
});

describe('a failure', () => {
  test('has the same message for a blocked, a closed, a silent and an unknown address', async () => {
    const silent = await serverFor(() => undefined);
    const closedPort = await freePort();
    const fetch = createGuardedFetch({ resolve: async () => [] });
    const errors = await Promise.all(
      [
        `http://127.0.0.1:${closedPort}/`,
        silent.url,
        'https://10.0.0.1/',
        'https://nowhere.example.com/',
      ].map((url) =>
        fetch(url, { ...local, timeoutMs: url === silent.url ? 100 : 20_000 }).catch(
          (reason: unknown) => reason,
        ),
      ),
    );
    expect(errors.map((error) => (error as { code: string }).code)).toEqual([
      ...['network', 'timeout', 'blocked', 'network'],
    ]);
    expect(new Set(errors.map((error) => (error as Error).message)).size).toBe(1);
  });

  test('leaves no connection open', async () => {
    const web = await internet(['a.example.com'], (request, response) => {
      if (request.url === '/big') response.end('x'.repeat(300_000));
      else response.writeHead(200, { 'content-encoding': 'br' }).end('x');
    });
    const released = Promise.withResolvers<void>();
    for (const path of ['/big', '/encoded'])
      await web.fetch(`https://a.example.com${path}`, { allowLoopback: false }).catch(() => undefined);
    const check = () => (web.open.size === 0 ? released.resolve() : setImmediate(check));
    check();
    await released.promise;
    expect(web.reached.connections).toBe(2);
  });
});

describe('a request', () => {
  test('has the headers of the caller, but no cookie, host or encoding', async () => {
    const server = await serverFor((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () =>
        response.end(JSON.stringify({ method: request.method, headers: request.headers, body })),
      );
    });
    const fetch = createGuardedFetch();
    const answer = await fetch(server.url, {
      ...local,
      method: 'post',
      headers: { 'Content-Type': 'application/json', Authorization: 'Bearer x' },
      body: '{}',
      accept: 'application/json',
    });
    expect(answer.json()).toMatchObject({
      method: 'POST',
      body: '{}',
      headers: { authorization: 'Bearer x', accept: 'application/json', 'accept-encoding': 'identity' },
    });
    for (const header of ['Cookie', 'host', 'Accept-Encoding', 'Transfer-Encoding', 'Content-Length'])
      await expect(fetch(server.url, { ...local, headers: { [header]: 'x' } })).rejects.toThrow(TypeError);
  });

  test('is shared with equal concurrent requests only', async () => {
    const waiting: (() => void)[] = [];
    const server = await serverFor((request, response) => waiting.push(() => response.end(request.url)));
    const fetch = createGuardedFetch();
    const arrived = async (count: number) => {
      while (waiting.length < count) await new Promise((resolve) => setImmediate(resolve));
    };
    const equal = [1, 2, 3].map(() => fetch(`${server.url}/same`, local));
    const others = [
      fetch(`${server.url}/other`, local),
      fetch(`${server.url}/same`, { ...local, accept: 'text/html' }),
      fetch(`${server.url}/same`, { ...local, method: 'POST' }),
      fetch(`${server.url}/same`, { ...local, headers: { authorization: 'Bearer a' } }),
      fetch(`${server.url}/same`, { ...local, headers: { authorization: 'Bearer a' } }),
    ];
    await arrived(6);
    expect(waiting.length).toBe(6);
    for (const finish of waiting) finish();
    expect((await Promise.all(equal)).map((answer) => answer.text())).toEqual(['/same', '/same', '/same']);
    await Promise.all(others);

    const again = fetch(`${server.url}/same`, local);
    await arrived(7);
    waiting[6]?.();
    await again;
  });

  test('continues for the other callers when one of them aborts', async () => {
    const arrived = Promise.withResolvers<() => void>();
    const server = await serverFor((_request, response) => arrived.resolve(() => response.end('done')));
    const fetch = createGuardedFetch();
    const leaver = new AbortController();
    const leaving = fetch(server.url, { ...local, signal: leaver.signal });
    const staying = fetch(server.url, local);
    const finish = await arrived.promise;
    leaver.abort(new Error('changed my mind'));
    await expect(leaving).rejects.toThrow('changed my mind');
    finish();
    expect((await staying).text()).toBe('done');
    expect(server.seen.connections).toBe(1);
  });

  test('is aborted before its deadline when all callers abort', async () => {
    const arrived = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    const server = await serverFor((request) => {
      request.socket.on('close', () => gone.resolve());
      arrived.resolve();
    });
    const leaver = new AbortController();
    const leaving = createGuardedFetch()(server.url, { ...local, signal: leaver.signal, timeoutMs: 60_000 });
    await arrived.promise;
    leaver.abort();
    await expect(leaving).rejects.toThrow(/abort/);
    await gone.promise;
  });

  test('is refused above the limits of a person, of a host, and of concurrent requests', async () => {
    const server = await serverFor((request, response) => {
      if (request.url !== '/hang') response.end('x');
    });
    const perPerson = createGuardedFetch({ limits: { perKeyPerMinute: 2 } });
    const ask = (fetch: typeof perPerson, path: string, limitKey?: string) =>
      fetch(`${server.url}${path}`, { ...local, limitKey, timeoutMs: 1000 }).then(
        ({ status }) => status,
        (error: { code: string }) => error.code,
      );
    expect([await ask(perPerson, '/1', 'ada'), await ask(perPerson, '/2', 'ada')]).toEqual([200, 200]);
    expect([await ask(perPerson, '/3', 'ada'), await ask(perPerson, '/3', 'ben')]).toEqual(['limited', 200]);

    const perHost = createGuardedFetch({ limits: { perHostPerMinute: 1 } });
    expect([await ask(perHost, '/1', 'ada'), await ask(perHost, '/2', 'ben')]).toEqual([200, 'limited']);

    const concurrent = createGuardedFetch({ limits: { concurrent: 1 } });
    const hanging = ask(concurrent, '/hang');
    expect(await ask(concurrent, '/1')).toBe('limited');
    expect(await hanging).toBe('timeout');
    expect(await ask(concurrent, '/1')).toBe(200);
  });
});
