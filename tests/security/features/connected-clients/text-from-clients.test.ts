import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { connect } from '#tests/integration/authkit/oauth-client.ts';
import { type FrontedStack, serveJson, startFrontedStack } from '#tests/support/fronted-stack.ts';
import {
  expectHarmlessPage,
  HIDDEN,
  invisibleIn,
  LEFT_OF_HIDDEN,
  MARKUP,
} from '#tests/support/hostile-text.ts';
import { legacyToolCall, mcpMessage, postMcp } from '#tests/support/mcp-request.ts';
import { type PageSession, signInToPages } from '#tests/support/page-session.ts';

type Client = { id: string; token: string; consent: string };

let stack: FrontedStack;
let person = '';
let pages: PageSession;

beforeAll(async () => {
  stack = await startFrontedStack();
});
afterAll(() => stack?.stop());

// A new person for each test, so that the only client on their pages is the one of the test.
beforeEach(async () => {
  person = `${crypto.randomUUID()}@example.com`;
  pages = await signInToPages(stack.appUrl, person);
});

const REDIRECT = 'https://client.test/callback';

/** Connects a client as the person and finds it on their page. */
async function connectClient(clientId: string): Promise<Client> {
  let consent = '';
  const { access_token: token } = await connect(stack.authkitUrl, {
    clientId,
    redirectUri: REDIRECT,
    account: person,
    resource: `${stack.appUrl}/mcp`,
    scope: 'openid profile',
    onPage: (page) => {
      if (page.includes('data-testid="consent"')) consent = page;
    },
  });
  // The list would read the client's document, and the app would keep it for a minute. The download reads none.
  const id = await vi.waitUntil(
    async () => {
      const connections: { id: string; clientId?: string }[] = JSON.parse(
        await page('/clients/export?format=json'),
      );
      return connections.find((known) => known.clientId === clientId)?.id;
    },
    { timeout: 10_000 },
  );
  return { id, token, consent };
}

/** A client that registers itself with a name. */
async function registered(name: string): Promise<Client> {
  const response = await fetch(`${stack.authkitUrl}/oauth2/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: name,
      redirect_uris: [REDIRECT],
      token_endpoint_auth_method: 'none',
    }),
  });
  return connectClient((await response.json()).client_id);
}

/** A client with a metadata document that has these fields after consent. */
async function documented(fields: object, fieldsAtConsent = {}): Promise<Client> {
  const path = `/${crypto.randomUUID()}.json`;
  const publish = (more: object) =>
    stack.published.set(
      path,
      serveJson({
        client_id: `https://client.test${path}`,
        client_name: 'Client',
        redirect_uris: [REDIRECT],
        token_endpoint_auth_method: 'none',
        ...more,
      }),
    );
  publish(fieldsAtConsent);
  const client = await connectClient(`https://client.test${path}`);
  publish(fields);
  return client;
}

const page = async (path: string) => (await pages.request(path)).text();

/** The text of the pages that show a client, after a check of their HTML. */
async function shown({ id, consent }: Client) {
  const [list, detail] = [await page('/clients'), await page(`/clients/${id}`)];
  expectHarmlessPage(consent, stack.authkitUrl);
  for (const html of [list, detail]) expectHarmlessPage(html, stack.appUrl);
  return { consent: textOf(consent), list: textOf(list), detail: textOf(detail) };
}

/** The text of a page: without scripts and tags, with character references resolved. */
const textOf = (html: string) =>
  html
    .replaceAll(/<script[^>]*>.*?<\/script>/gs, '')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&(?:#(x?)([0-9a-f]+)|(lt|gt|quot|amp));/gi, (_, hex, code, name) =>
      name
        ? { lt: '<', gt: '>', quot: '"', amp: '&' }[name as 'lt']
        : String.fromCodePoint(Number.parseInt(code, hex ? 16 : 10)),
    );

const HOSTILE = `Evil${HIDDEN}${MARKUP}`;
const HARMLESS = `Evil${LEFT_OF_HIDDEN}${MARKUP}`;

describe('a name with markup and invisible characters', () => {
  test('of a self-registered client is plain text on every page', async () => {
    const text = await shown(await registered(HOSTILE));
    for (const shownText of [text.consent, text.list, text.detail])
      expect(shownText).toContain(HARMLESS.slice(0, 59));
  });

  test('in a metadata document is plain text on every page, at consent and later', async () => {
    const text = await shown(await documented({ client_name: HOSTILE }, { client_name: HOSTILE }));
    for (const shownText of [text.consent, text.list, text.detail])
      expect(shownText).toContain(HARMLESS.slice(0, 59));
  });
});

test('a name of 10,000 characters is truncated on every page', async () => {
  const long = 'N'.repeat(10_000);
  const { consent, list, detail } = await shown(await registered(long));
  for (const text of [consent, list, detail]) {
    expect(text).toContain('N'.repeat(50));
    expect(text).not.toContain('N'.repeat(201));
  }
  expect((await page('/clients')).length).toBeLessThan(200_000);
});

test('a name of invisible characters counts as no name', async () => {
  const { list } = await shown(await registered(`\u200b\u2800\u3164${'\u{e0041}'.repeat(500)}`));
  expect(list).not.toContain('“”');
});

describe('text in the calls of a client', () => {
  test('is plain text on its page and in downloads: software, version, tool and method', async () => {
    const client = await registered('Client');
    const send = (message: ReturnType<typeof mcpMessage>) => postMcp(stack.appUrl, client.token, message);
    const software = { name: `Software${HOSTILE}`, version: `1${HOSTILE}` };
    await send(mcpMessage('tools/list', { _meta: { 'io.modelcontextprotocol/clientInfo': software } }));
    await send(legacyToolCall(`tool${HOSTILE}`));
    await send(legacyToolCall('t'.repeat(10_000)));
    const initialize = { protocolVersion: `2025-06-18${HOSTILE}`, capabilities: {}, clientInfo: software };
    await send({
      ...legacyToolCall('x'),
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: initialize }),
    });
    await vi.waitUntil(async () => (await page(`/clients/${client.id}`)).includes('SoftwareEvil'), {
      timeout: 10_000,
    });
    const { detail } = await shown(client);
    expect(detail).toContain(`SoftwareEvil${LEFT_OF_HIDDEN}`);
    expect(detail).not.toContain('t'.repeat(201));
    for (const path of ['/clients/export', `/clients/${client.id}/export`])
      for (const format of ['json', 'csv'])
        expect(invisibleIn(await page(`${path}?format=${format}`)), path).toEqual([]);
  });
});

describe('links and logos of a document after consent', () => {
  test.each([
    ['client_uri', 'javascript:window.pwned=1'],
    ['client_uri', 'http://client.test/'],
    ['tos_uri', ' JaVaScRiPt:alert(1)'],
    ['policy_uri', 'data:text/html,<script>1</script>'],
    ['logo_uri', 'javascript:alert(1)'],
    ['logo_uri', 'data:image/svg+xml,<svg onload="alert(1)"/>'],
    ['logo_uri', 'http://client.test/logo.png'],
    ['logo_uri', 'https://127.0.0.1/logo.png'],
    ['logo_uri', `https://client.test/"><script class="pwned">1</script>`],
  ])('are shown neither as a link nor as an image: %s %s', async (field, value) => {
    const client = await documented({ [field]: value });
    const { detail } = await shown(client);
    expect(detail).toContain(JSON.stringify(value));
    expect((await pages.request(`/clients/${client.id}/logo`)).status).toBe(404);
  });

  test('are shown as text even if they are https', async () => {
    const client = await documented({ client_uri: 'https://client.test/home' });
    expect((await shown(client)).detail).toContain('https://client.test/home');
    expect(await page(`/clients/${client.id}`)).not.toContain('href="https://client.test');
  });
});

const PNG = readFileSync('public/logo.png');
const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>window.pwned=1</script></svg>';

describe('a logo', () => {
  const answerWith = async (serve: RequestListener) => {
    const path = `/${crypto.randomUUID()}`;
    stack.published.set(path, serve);
    const { id } = await documented({ logo_uri: `https://client.test${path}` });
    expectHarmlessPage(await page('/clients'), stack.appUrl);
    return pages.request(`/clients/${id}/logo`);
  };

  test('that is an image is served by this server with its own type and cannot execute anything', async () => {
    const answer = await answerWith((_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html', 'set-cookie': 'a=b' }).end(PNG),
    );
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('set-cookie') ?? '').not.toContain('a=b');
    expect(Buffer.from(await answer.arrayBuffer()).equals(PNG)).toBe(true);
  });

  test.each<[string, RequestListener]>([
    ['an SVG', (_, response) => response.setHeader('content-type', 'image/svg+xml').end(SVG)],
    ['an SVG with an image type', (_, response) => response.setHeader('content-type', 'image/png').end(SVG)],
    [
      'HTML with an image type',
      (_, response) => response.setHeader('content-type', 'image/png').end('<html>'),
    ],
    ['a redirect', (_, response) => response.writeHead(302, { location: '/logo.png' }).end(PNG)],
    ['404 with an image', (_, response) => response.writeHead(404).end(PNG)],
    ['two hundred kilobytes', (_, response) => response.end(Buffer.concat([PNG, Buffer.alloc(200_000)]))],
    [
      'endless',
      (_, response) => {
        response.write(PNG);
        const more = setInterval(() => response.write(Buffer.alloc(16_384)), 1);
        response.on('close', () => clearInterval(more));
      },
    ],
    [
      '60,000 pixels wide',
      (_, response) => {
        const wide = Buffer.from(PNG);
        wide.writeUInt32BE(60_000, 16);
        response.end(wide);
      },
    ],
    ['compressed', (_, response) => response.setHeader('content-encoding', 'gzip').end(PNG)],
    ['aborted', (request) => request.socket.destroy()],
  ])('is not shown: %s', async (_what, serve) => {
    const answer = await answerWith(serve);
    expect([answer.status, await answer.text()]).toEqual([404, '']);
  });
});

test('ten clients whose hosts never respond do not block the page and are shown as unreachable', async () => {
  const silent: Client[] = [];
  for (let count = 0; count < 10; count++) silent.push(await documented({}));
  for (const path of stack.published.keys()) stack.published.set(path, () => undefined);
  const began = performance.now();
  // They are one app of their host, which the list folds.
  const [list, unfolded, ...details] = await Promise.all(
    ['/clients', '/clients?open=client.test', ...silent.map(({ id }) => `/clients/${id}`)].map(page),
  );
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(textOf(list ?? '')).toContain('10 connections');
  for (const { id } of silent) expect(unfolded).toContain(`href="/clients/${id}"`);
  for (const html of [list ?? '', ...details]) expect(textOf(html)).toContain('Not reachable');
  for (const detail of details) expect(textOf(detail)).toContain('cannot be fetched');
});
