import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Message = { id?: number | string; method?: string; params?: Record<string, unknown>; result?: unknown };

const json = (response: ServerResponse, status: number, body: object, headers = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

/**
 * An MCP server of 2025-11-25 with a session on a loopback port, for what our own endpoint does not do: no sign-in or
 * a header, questions and notifications in its session, and results that do not fit their schema.
 *
 * @param options.header - name and value that every request needs
 */
export async function startStubMcpServer({ header }: { header?: [name: string, value: string] } = {}) {
  const answers = new Map<string, (message: Message) => void>();
  const streams = new Set<ServerResponse>();
  const seen: { method: string; headers: IncomingMessage['headers'] }[] = [];
  const cancelled: unknown[] = [];
  const waiting = Promise.withResolvers<void>();
  let toolName = 'order';

  const server = createServer(async (request, response) => {
    if (header && request.headers[header[0]] !== header[1])
      return json(response, 401, { error: 'no access' });
    if (request.method === 'GET' && request.url === '/mcp') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': open\n\n');
      streams.add(response);
      return;
    }
    if (request.method !== 'POST' || request.url !== '/mcp') return response.writeHead(404).end();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const message: Message = JSON.parse(Buffer.concat(chunks).toString());
    seen.push({ method: message.method ?? 'response', headers: request.headers });
    if (message.method === undefined) {
      answers.get(String(message.id))?.(message);
      return response.writeHead(202).end();
    }
    if (message.method === 'notifications/cancelled') cancelled.push(message.params);
    if (message.id === undefined) return response.writeHead(202).end();
    await answer(message, response);
  });

  const answer = async ({ id, method, params = {} }: Message, response: ServerResponse) => {
    const result = (value: object) => json(response, 200, { jsonrpc: '2.0', id, result: value });
    const open = () => response.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = (value: object) =>
      response.write(`data: ${JSON.stringify({ jsonrpc: '2.0', ...value })}\n\n`);
    switch (method) {
      case 'initialize':
        return json(
          response,
          200,
          {
            jsonrpc: '2.0',
            id,
            result: {
              protocolVersion: '2025-11-25',
              capabilities: {
                tools: { listChanged: true },
                resources: { subscribe: true },
                prompts: {},
                completions: {},
                logging: {},
              },
              serverInfo: { name: 'stub', version: '1' },
            },
          },
          { 'mcp-session-id': 'session-of-the-stub' },
        );
      case 'tools/list':
        return result({ tools: [{ ...ORDER, name: toolName }, SLOW, ASK] });
      case 'prompts/list':
        return result({ prompts: [{ name: 'greet', arguments: [{ name: 'town', required: true }] }] });
      case 'prompts/get': {
        const { town } = params.arguments as { town: string };
        return result({
          messages: [{ role: 'user', content: { type: 'text', text: `Greetings from ${town}` } }],
        });
      }
      case 'completion/complete': {
        const { value } = params.argument as { value: string };
        const values = ['Bergen', 'Berlin', 'Ber\u202elin', 'Oslo'].filter((town) => town.startsWith(value));
        return result({ completion: { values } });
      }
      case 'resources/list':
        return result({ resources: [{ uri: 'stub://a', name: 'a' }] });
      case 'resources/templates/list':
        return result({ resourceTemplates: [{ uriTemplate: 'stub://orders/{id}', name: 'order' }] });
      case 'resources/read':
        return result({ contents: [{ uri: params.uri, text: `read ${params.uri}` }] });
      case 'resources/subscribe':
      case 'logging/setLevel':
        return result({});
      case 'tools/call':
        break;
      default:
        return json(response, 200, { jsonrpc: '2.0', id, error: { code: -32601, message: 'Unknown' } });
    }
    if (params.name === 'order' || params.name === toolName)
      return result({
        content: [{ type: 'text', text: JSON.stringify(params.arguments) }],
        structuredContent: { total: 'many', api_key: 'key-canary' },
      });
    open();
    if (params.name === 'slow') {
      const { progressToken } = (params._meta ?? {}) as { progressToken?: number };
      send({ method: 'notifications/message', params: { level: 'info', data: 'begun' } });
      send({
        method: 'notifications/progress',
        params: { progressToken, progress: 1, total: 2, message: 'half' },
      });
      return waiting.resolve();
    }
    const question = {
      message: 'Which colour?',
      requestedSchema: { type: 'object', properties: { colour: { type: 'string' } }, required: ['colour'] },
    };
    const answered = new Promise<Message>((resolve) => answers.set('question', resolve));
    send({ id: 'question', method: 'elicitation/create', params: question });
    const given = await answered;
    send({ id, result: { content: [{ type: 'text', text: JSON.stringify(given.result) }] } });
    response.end();
  };

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/mcp`,
    /** Every message that arrived. */
    seen,
    /** Parameters of the cancellations that arrived. */
    cancelled,
    /** Resolves when the tool `slow` has begun; it never ends by itself. */
    slowBegan: waiting.promise,
    /** Renames the tool `order`, and notifies the open streams. */
    renameTool(name: string) {
      toolName = name;
      const text = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
      for (const stream of streams) stream.write(`data: ${text}\n\n`);
    },
    listeners: () => streams.size,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const ORDER = {
  name: 'order',
  description: 'Takes an order.',
  inputSchema: {
    type: 'object',
    properties: {
      customer: { $ref: '#/$defs/customer' },
      items: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          properties: { name: { type: 'string' }, count: { type: 'integer', minimum: 1, default: 1 } },
          required: ['name'],
        },
      },
      note: { type: ['string', 'null'] },
    },
    required: ['customer', 'items'],
    $defs: { customer: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } },
  },
  outputSchema: { type: 'object', properties: { total: { type: 'integer' } }, required: ['total'] },
};
const SLOW = { name: 'slow', description: 'Never ends.', inputSchema: { type: 'object' } };
const ASK = { name: 'ask', description: 'Asks the person.', inputSchema: { type: 'object' } };
