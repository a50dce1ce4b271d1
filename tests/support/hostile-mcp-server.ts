import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HIDDEN, MARKUP } from './hostile-text.ts';

/** Says `what` and then everything that a page should not take for more than text. */
const hostile = (what: string) => `${what}${HIDDEN}${MARKUP}`;

type Hostile = AsyncDisposable & {
  url: string;
  /** Answers token requests and tool calls with errors of its own words. */
  refuse: { tokens: boolean; calls: boolean };
};

/**
 * An MCP server of 2025-06-18 with its authorization server on one loopback origin: it does what it should, so that a
 * client goes through every step, and all text about itself is {@link hostile}.
 */
export async function startHostileMcpServer(): Promise<Hostile> {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', origin);
    const body = await bodyOf(request);
    const send = (status: number, content: object, headers = {}) => json(response, status, content, headers);
    if (url.pathname === '/mcp') {
      if (request.method !== 'POST') return response.writeHead(405).end();
      if (request.headers.authorization === undefined)
        return send(401, { error: hostile('challenge') }, { 'www-authenticate': challenge() });
      return rpc(JSON.parse(body), response);
    }
    if (url.pathname.startsWith('/.well-known/oauth-protected-resource')) return send(200, resource());
    if (url.pathname === '/.well-known/oauth-authorization-server') return send(200, issuer());
    if (url.pathname === '/authorize') {
      const back = new URL(url.searchParams.get('redirect_uri') ?? '');
      back.searchParams.set('code', 'c'.repeat(20));
      back.searchParams.set('state', url.searchParams.get('state') ?? '');
      back.searchParams.set('iss', origin);
      return response.writeHead(302, { location: back.href }).end();
    }
    if (url.pathname !== '/token') return send(404, {});
    if (hostileServer.refuse.tokens)
      return send(400, { error: hostile('refused'), error_description: hostile('description') });
    return send(200, {
      access_token: 'token-of-20-letters-',
      token_type: 'Bearer',
      scope: hostile('granted'),
    });
  });

  const challenge = () => `Bearer resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp"`;
  const resource = () => ({
    resource: `${origin}/mcp`,
    authorization_servers: [origin],
    resource_name: hostile('resource'),
    resource_documentation: 'javascript:window.pwned=1',
    scopes_supported: [hostile('scope')],
  });
  const issuer = () => ({
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    code_challenge_methods_supported: ['S256'],
    client_id_metadata_document_supported: true,
    authorization_response_iss_parameter_supported: true,
    token_endpoint_auth_methods_supported: ['none', hostile('method')],
    service_documentation: 'javascript:window.pwned=1',
    [hostile('member')]: hostile('value'),
  });
  const rpc = ({ id, method }: { id?: number; method: string }, response: ServerResponse) => {
    if (id === undefined) return response.writeHead(202).end();
    if (hostileServer.refuse.calls && method === 'tools/call')
      return json(response, 200, { jsonrpc: '2.0', id, error: { code: -32000, message: hostile('error') } });
    const result = RESULTS[method];
    return result === undefined
      ? json(response, 200, { jsonrpc: '2.0', id, error: { code: -32601, message: hostile('unknown') } })
      : json(response, 200, { jsonrpc: '2.0', id, result });
  };

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const hostileServer: Hostile = {
    url: `${origin}/mcp`,
    refuse: { tokens: false, calls: false },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return hostileServer;
}

/** What it answers in its sessions, by method. */
const RESULTS: Record<string, object> = {
  initialize: {
    protocolVersion: '2025-06-18',
    capabilities: {
      tools: {},
      resources: {},
      prompts: {},
      [hostile('capability')]: { [hostile('a')]: hostile('b') },
    },
    serverInfo: { name: hostile('server'), title: hostile('server title'), version: hostile('1') },
    instructions: hostile('instructions'),
  },
  'tools/list': {
    tools: [
      {
        name: hostile('tool'),
        title: hostile('tool title'),
        description: `${hostile('tool description')}${'L'.repeat(10_000)}`,
        inputSchema: {
          type: 'object',
          properties: {
            [hostile('argument')]: {
              type: 'string',
              description: hostile('argument description'),
              default: hostile('default'),
            },
            choice: { enum: [hostile('choice')] },
          },
        },
      },
    ],
  },
  'tools/call': {
    content: [
      { type: 'text', text: hostile('result') },
      { type: 'text', text: JSON.stringify({ [hostile('key')]: hostile('json') }) },
      { type: 'image', mimeType: 'image/svg+xml', data: btoa('<svg onload="window.pwned=1"/>') },
      { type: 'image', mimeType: 'image/png" onerror="window.pwned=1', data: 'AAAA' },
      { type: 'audio', mimeType: hostile('audio'), data: 'AAAA' },
      {
        type: 'resource_link',
        uri: 'javascript:window.pwned=1',
        name: hostile('link'),
        title: hostile('link title'),
      },
      { type: 'resource', resource: { uri: hostile('ui://x'), mimeType: 'text/html', text: MARKUP } },
    ],
    structuredContent: { [hostile('structured')]: hostile('content') },
  },
  'resources/list': {
    resources: [{ uri: hostile('file:///x'), name: hostile('file'), description: hostile('about') }],
  },
  'resources/templates/list': {
    resourceTemplates: [{ uriTemplate: hostile('file:///{x}'), name: hostile('files') }],
  },
  'prompts/list': {
    prompts: [
      { name: hostile('prompt'), title: hostile('prompt title'), arguments: [{ name: hostile('topic') }] },
    ],
  },
};

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function json(response: ServerResponse, status: number, content: object, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(content));
}
