import { escapeInvisible } from '#lib/text/sanitize.ts';
import type { Arguments } from './field.ts';

/** What a sample calls. Credentials are placeholders in it. */
export type SampleRequest = {
  serverUrl: string;
  /** `tools/call`, `prompts/get`, `resources/read`. */
  method: 'tools/call' | 'prompts/get' | 'resources/read';
  params: { name: string; arguments: Arguments } | { uri: string };
  era: 'modern' | 'legacy' | undefined;
  /** Whether the server has only HTTP+SSE, the transport of 2024-11-05. */
  sse: boolean;
  protocolVersion: string | undefined;
  /** Names of the headers that carry credentials. */
  secretHeaders: readonly string[];
};

export type Sample = { id: 'curl' | 'typescript' | 'python'; label: string; code: string };

const MODERN_VERSION = '2026-07-28';
const LEGACY_VERSION = '2025-11-25';

/** The request as code that a person can run. */
export function codeSamples(request: SampleRequest): Sample[] {
  return [
    { id: 'curl', label: 'curl', code: curl(request) },
    { id: 'typescript', label: 'TypeScript', code: typescript(request) },
    { id: 'python', label: 'Python', code: python(request) },
  ];
}

/** A word of a POSIX shell: nothing in it is expanded. */
const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

const variable = (header: string) =>
  header === 'authorization' ? 'TOKEN' : header.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');

function curl(request: SampleRequest): string {
  const { serverUrl, method, params, era, sse, protocolVersion, secretHeaders } = request;
  const secrets = secretHeaders.map((name) =>
    name === 'authorization'
      ? '-H "Authorization: Bearer $TOKEN"'
      : `-H ${quoted(`${name}: `)}"$${variable(name)}"`,
  );
  const post = (body: object, headers: string[], before = 'curl', url = quoted(serverUrl)) =>
    [
      `${before} ${url}`,
      ...secrets,
      "-H 'Content-Type: application/json'",
      "-H 'Accept: application/json, text/event-stream'",
      ...headers,
      `-d ${quoted(escapeInvisible(body, { indent: 0 }))}`,
    ].join(' \\\n  ');
  if (era !== 'legacy') {
    const version = protocolVersion ?? MODERN_VERSION;
    const name = 'uri' in params ? params.uri : params.name;
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': version,
      'io.modelcontextprotocol/clientInfo': { name: 'curl', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    return post({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } }, [
      `-H 'MCP-Protocol-Version: ${version}'`,
      `-H 'Mcp-Method: ${method}'`,
      // Other names are sent in an encoding that a shell cannot produce.
      ...(/^[\x21-\x7e]+$/.test(name) ? [`-H ${quoted(`Mcp-Name: ${name}`)}`] : []),
    ]);
  }
  const version = protocolVersion ?? LEGACY_VERSION;
  const start = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: version, capabilities: {}, clientInfo: { name: 'curl', version: '1' } },
  };
  if (sse) {
    const send = (body: object) => post(body, [], 'curl -s', '"$MESSAGES"');
    const stream = [
      `curl -sN ${quoted(serverUrl)}`,
      ...secrets,
      '-H \'Accept: text/event-stream\' > "$STREAM" &',
    ];
    return [
      '# The responses arrive in the stream, whose first event names the URL for messages.',
      'STREAM=$(mktemp)',
      stream.join(' \\\n  '),
      'sleep 1',
      `MESSAGES=$(tr -d '\\r' < "$STREAM" | sed -n 's/^data: *//p' | head -n 1)`,
      `case "$MESSAGES" in /*) MESSAGES=${quoted(new URL(serverUrl).origin)}"$MESSAGES";; esac`,
      send(start),
      send({ jsonrpc: '2.0', method: 'notifications/initialized' }),
      send({ jsonrpc: '2.0', id: 2, method, params }),
      'sleep 2',
      'cat "$STREAM"',
      'kill $!',
    ].join('\n');
  }
  const session = ['-H "Mcp-Session-Id: $SESSION"', `-H 'MCP-Protocol-Version: ${version}'`];
  return [
    '# A server without sessions sends no Mcp-Session-Id: leave that header out then.',
    `SESSION=$(${post(start, ['-o /dev/null', '-D -'], 'curl -s')} | tr -d '\\r' | sed -n 's/^mcp-session-id: //ip')`,
    post({ jsonrpc: '2.0', method: 'notifications/initialized' }, session),
    post({ jsonrpc: '2.0', id: 2, method, params }, session),
  ].join('\n');
}

function typescript({ serverUrl, method, params, era, sse, secretHeaders }: SampleRequest): string {
  const headers = secretHeaders.map(
    (name) => `${JSON.stringify(name)}: '${name === 'authorization' ? 'Bearer ' : ''}<${variable(name)}>'`,
  );
  const call = { 'tools/call': 'callTool', 'prompts/get': 'getPrompt', 'resources/read': 'readResource' }[
    method
  ];
  const Transport = sse ? 'SSEClientTransport' : 'StreamableHTTPClientTransport';
  return [
    `import { Client, ${Transport} } from '@modelcontextprotocol/client';`,
    '',
    `const transport = new ${Transport}(new URL(${JSON.stringify(serverUrl)})${
      headers.length === 0 ? '' : `, {\n  requestInit: { headers: { ${headers.join(', ')} } },\n}`
    });`,
    `const client = new Client(\n  { name: 'example', version: '1.0.0' },\n  { versionNegotiation: { mode: '${era === 'legacy' ? 'legacy' : 'auto'}' } },\n);`,
    'await client.connect(transport);',
    `const result = await client.${call}(${escapeInvisible(params)});`,
    'console.log(result);',
    'await client.close();',
  ].join('\n');
}

/** A string as a literal of Python, in which a pair of `\u` escapes is not one character. */
const pythonString = (text: string) =>
  escapeInvisible(text, {
    indent: 0,
    escapeWith: (character) => `\\U${character.codePointAt(0)?.toString(16).padStart(8, '0')}`,
  });

/** A JSON value as a literal of Python. */
function literal(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'string') return pythonString(value);
  if (typeof value === 'object')
    return `{${Object.entries(value)
      .map(([name, item]) => `${pythonString(name)}: ${literal(item)}`)
      .join(', ')}}`;
  return JSON.stringify(value);
}

function python({ serverUrl, method, params, sse, secretHeaders }: SampleRequest): string {
  const headers = secretHeaders.map((name) =>
    name === 'authorization'
      ? `"Authorization": f"Bearer {os.environ['TOKEN']}"`
      : `${JSON.stringify(name)}: os.environ["${variable(name)}"]`,
  );
  const call =
    'uri' in params
      ? `session.read_resource(${literal(params.uri)})`
      : `session.${method === 'tools/call' ? 'call_tool' : 'get_prompt'}(${literal(params.name)}, ${literal(params.arguments)})`;
  const transport = sse ? 'sse_client' : 'streamablehttp_client';
  return [
    'import asyncio',
    ...(headers.length === 0 ? [] : ['import os']),
    '',
    'from mcp import ClientSession',
    `from mcp.client.${sse ? 'sse' : 'streamable_http'} import ${transport}`,
    '',
    '',
    'async def main():',
    `    async with ${transport}(${JSON.stringify(serverUrl)}${headers.length === 0 ? '' : `, headers={${headers.join(', ')}}`}) as (read, write${sse ? '' : ', _'}):`,
    '        async with ClientSession(read, write) as session:',
    '            await session.initialize()',
    `            print(await ${call})`,
    '',
    '',
    'asyncio.run(main())',
  ].join('\n');
}
