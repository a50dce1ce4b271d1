import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A model in place of the one that a client talks to. It calls the tool that the test wants, and repeats its result. */
export type Model = {
  /** Base address of the APIs of OpenAI, Anthropic and Gemini. */
  url: string;
  /** Names of the tools that the client offered with its last request. */
  tools: string[];
  /** The result of the last call, as the client gave it to the model. */
  result: string | undefined;
  /** The end of the name of the tool to call; undefined calls none. */
  wanted: string | undefined;
  close(): void;
};

type Json = Record<string, unknown>;
type Tool = { name: string; namespace?: string };

/** All tools of a request, whatever API it is for. */
function toolsIn(value: unknown, namespace?: string): Tool[] {
  if (Array.isArray(value)) return value.flatMap((item) => toolsIn(item, namespace));
  if (typeof value !== 'object' || value === null) return [];
  const { name, function: inner, functionDeclarations, tools, type } = value as Json & { tools?: unknown };
  if (inner !== undefined) return toolsIn(inner);
  if (functionDeclarations !== undefined) return toolsIn(functionDeclarations);
  if (type === 'namespace') return toolsIn(tools, String(name));
  return typeof name === 'string' ? [{ name, ...(namespace !== undefined && { namespace }) }] : [];
}

const events = (response: ServerResponse, list: readonly [string | undefined, unknown][]) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const [event, data] of list) {
    if (event !== undefined) response.write(`event: ${event}\n`);
    response.write(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
  }
  response.end();
};

function geminiAnswer(tool: Tool | undefined, text: string) {
  const part = tool ? { functionCall: { name: tool.name, args: {} } } : { text };
  const content = { role: 'model', parts: [part] };
  const usageMetadata = { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 };
  return { candidates: [{ content, finishReason: 'STOP', index: 0 }], usageMetadata };
}

type Answer = (response: ServerResponse, tool: Tool | undefined, text: string) => unknown;

/** The answers of each API: a call of `tool`, or a text. */
const apis: readonly [RegExp, Answer][] = [
  [
    /\/responses$/,
    (response, tool, text) => {
      const item = tool
        ? {
            type: 'function_call',
            id: 'fc_1',
            call_id: 'call_1',
            ...tool,
            arguments: '{}',
            status: 'completed',
          }
        : {
            type: 'message',
            id: 'msg_1',
            role: 'assistant',
            status: 'completed',
            content: [{ type: 'output_text', text, annotations: [] }],
          };
      const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
      const answer = { id: 'resp_1', object: 'response', status: 'completed', output: [item], usage };
      events(response, [
        ['response.created', { type: 'response.created', response: { ...answer, status: 'in_progress' } }],
        ['response.output_item.added', { type: 'response.output_item.added', output_index: 0, item }],
        ['response.output_item.done', { type: 'response.output_item.done', output_index: 0, item }],
        ['response.completed', { type: 'response.completed', response: answer }],
      ]);
    },
  ],
  [
    /\/chat\/completions$/,
    (response, tool, text) => {
      const delta = tool
        ? {
            tool_calls: [
              { index: 0, id: 'call_1', type: 'function', function: { ...tool, arguments: '{}' } },
            ],
          }
        : { content: text };
      const chunk = (choice: Json) => ({
        id: 'chat_1',
        object: 'chat.completion.chunk',
        created: 1,
        model: 'mock',
        choices: [{ index: 0, ...choice }],
      });
      events(response, [
        [undefined, chunk({ delta: { role: 'assistant', ...delta }, finish_reason: null })],
        [undefined, chunk({ delta: {}, finish_reason: tool ? 'tool_calls' : 'stop' })],
        [undefined, '[DONE]'],
      ]);
    },
  ],
  [
    /\/messages$/,
    (response, tool, text) => {
      const block = tool
        ? { type: 'tool_use', id: 'toolu_1', name: tool.name, input: {} }
        : { type: 'text', text: '' };
      const delta = tool ? { type: 'input_json_delta', partial_json: '{}' } : { type: 'text_delta', text };
      const usage = { input_tokens: 1, output_tokens: 1 };
      events(response, [
        [
          'message_start',
          {
            type: 'message_start',
            message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'mock', content: [], usage },
          },
        ],
        ['content_block_start', { type: 'content_block_start', index: 0, content_block: block }],
        ['content_block_delta', { type: 'content_block_delta', index: 0, delta }],
        ['content_block_stop', { type: 'content_block_stop', index: 0 }],
        [
          'message_delta',
          { type: 'message_delta', delta: { stop_reason: tool ? 'tool_use' : 'end_turn' }, usage },
        ],
        ['message_stop', { type: 'message_stop' }],
      ]);
    },
  ],
  [
    /:streamGenerateContent$/,
    (response, tool, text) => events(response, [[undefined, geminiAnswer(tool, text)]]),
  ],
  // What Gemini CLI asks for itself when it starts. After 404 it asks the person for another model.
  [
    /:generateContent$/,
    (response, tool, text) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify(geminiAnswer(tool, text))),
  ],
];

/** What the client gave as the result of a call, in the last part of its request. */
function resultIn(body: Json): string | undefined {
  const turns = (body.input ?? body.messages ?? body.contents) as unknown[] | undefined;
  const found = turns
    ?.filter((turn) =>
      /function_call_output|tool_result|"role":"tool"|functionResponse/.test(JSON.stringify(turn)),
    )
    .at(-1);
  return found === undefined ? undefined : JSON.stringify(found);
}

async function bodyOf(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return {};
  }
}

export async function startModel(): Promise<Model> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://model');
    const body = await bodyOf(request);
    const api = apis.find(([path]) => path.test(pathname))?.[1];
    if (process.env.CLIENTS_DEBUG)
      console.error(request.method, request.url, JSON.stringify(body).slice(0, 20_000));
    if (api === undefined) {
      // Lists of models, token counts and the like, which the clients do without.
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{"message":"not here"}}');
      return;
    }
    const tools = toolsIn(body.tools);
    const result = resultIn(body);
    if (tools.length > 0) model.tools = tools.map(({ name, namespace = '' }) => namespace + name);
    if (result !== undefined) model.result = result;
    const wanted = tools.find(({ name }) => model.wanted !== undefined && name.endsWith(model.wanted));
    api(response, result === undefined ? wanted : undefined, result ?? 'Nothing to do.');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const model: Model = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tools: [],
    result: undefined,
    wanted: undefined,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return model;
}

/** Runs a client with a model that calls `tool`. */
export async function asked(
  model: Model,
  tool: string | undefined,
  start: () => Promise<string>,
): Promise<{ tools: string[]; result: string }> {
  Object.assign(model, { tools: [], result: undefined, wanted: tool });
  const output = await start();
  if (process.env.CLIENTS_DEBUG) console.error(output);
  if (tool !== undefined && model.result === undefined)
    throw new Error(
      model.tools.some((name) => name.endsWith(tool))
        ? `the client did not call ${tool}`
        : `the client has no ${tool} for its model`,
    );
  return { tools: model.tools, result: model.result ?? '' };
}
