/** How a client identifies itself to the authorization server, first choice first. */
export type Registration =
  | 'cimd_or_dcr'
  | 'dcr'
  | 'dcr_or_cimd'
  | 'undocumented'
  | 'depends_on_client'
  | 'own_choice';

/** Text to copy: a command, or a file under its path. */
type Snippet = { title: string; code: string };

/** How to connect one client. */
export type Setup = {
  id: string;
  name: string;
  /** The steps, in one line. */
  instruction: string;
  registration: Registration;
  snippets: readonly Snippet[];
  /** Link that opens the client with this server filled in, or its settings. */
  open?: { label: string; href: string };
  notes: readonly string[];
  /** Company whose servers the client connects from; they cannot reach a loopback deployment. */
  connectsFrom?: string;
};

/** `serverName` as a key that the configuration of every client accepts: lower-case letters, digits and dashes. */
export function configurationKey(serverName: string): string {
  const key = serverName
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return key === '' ? 'mcp-server' : key;
}

const json = (value: unknown) => JSON.stringify(value, null, 2);
const base64 = (text: string) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

/**
 * How to connect each client to this server.
 *
 * @param resource - `resourceUrl(config)`
 * @param serverName - made into a key by {@link configurationKey}
 */
export function clientSetups(resource: string, serverName: string): readonly Setup[] {
  const key = configurationKey(serverName);
  const mcpServers = (entry: object) => json({ mcpServers: { [key]: entry } });
  return [
    {
      id: 'claude',
      name: 'Claude',
      instruction:
        'On the web or in the desktop app: Customize, Connectors, +, Add custom connector. Paste the URL, leave the OAuth fields empty, then Connect.',
      registration: 'cimd_or_dcr',
      snippets: [{ title: 'Remote MCP server URL', code: resource }],
      open: {
        label: 'Add to Claude',
        href: `https://claude.ai/customize/connectors?${new URLSearchParams({
          modal: 'add-custom-connector',
          connectorName: serverName,
          connectorUrl: resource,
        })}`,
      },
      notes: [
        'claude_desktop_config.json supports local servers only. Add a remote server as a connector.',
        'On Team and Enterprise plans, an owner adds the connector first.',
      ],
      connectsFrom: 'Anthropic',
    },
    {
      id: 'claude-code',
      name: 'Claude Code',
      instruction: 'Add the server, then sign in. In a session, /mcp does the same.',
      registration: 'cimd_or_dcr',
      snippets: [
        {
          title: 'Terminal',
          code: `claude mcp add --transport http ${key} ${resource}\nclaude mcp login ${key}`,
        },
        { title: '.mcp.json, shared with a project', code: mcpServers({ type: 'http', url: resource }) },
      ],
      notes: [
        'The server is added for the current folder. Add --scope user for all folders.',
        'A server from .mcp.json stays pending until you approve it in a session.',
      ],
    },
    {
      id: 'chatgpt',
      name: 'ChatGPT',
      instruction:
        'On the web: Settings, Security and login: switch on Developer mode. Then Plugins, +, Add custom MCP server. Paste the URL, choose OAuth and create the plugin.',
      registration: 'cimd_or_dcr',
      snippets: [{ title: 'Server URL', code: resource }],
      open: { label: 'Open plugins', href: 'https://chatgpt.com/plugins' },
      notes: ['In a workspace, an administrator may have to allow developer mode.'],
      connectsFrom: 'OpenAI',
    },
    {
      id: 'cursor',
      name: 'Cursor',
      instruction: 'Use the button, or add the server to mcp.json. Cursor then asks you to sign in.',
      registration: 'dcr',
      snippets: [{ title: '~/.cursor/mcp.json', code: mcpServers({ url: resource }) }],
      open: {
        label: 'Add to Cursor',
        href: `cursor://anysphere.cursor-deeplink/mcp/install?${new URLSearchParams({
          name: key,
          config: base64(JSON.stringify({ url: resource })),
        })}`,
      },
      notes: ['Cursor does not send headers from mcp.json to a server that uses OAuth.'],
    },
    {
      id: 'vscode',
      name: 'VS Code',
      instruction: 'Use the button, or add the server to mcp.json and start it from that file.',
      registration: 'cimd_or_dcr',
      snippets: [
        { title: '.vscode/mcp.json', code: json({ servers: { [key]: { type: 'http', url: resource } } }) },
        {
          title: 'Terminal (sh)',
          code: `code --add-mcp '${JSON.stringify({ name: key, type: 'http', url: resource })}'`,
        },
      ],
      open: {
        label: 'Add to VS Code',
        href: `vscode:mcp/install?${encodeURIComponent(JSON.stringify({ name: key, type: 'http', url: resource }))}`,
      },
      notes: ['The top-level key is servers, not mcpServers.'],
    },
    {
      id: 'codex',
      name: 'Codex',
      instruction:
        'The command adds the server and signs you in. The CLI, the IDE extension and the desktop app share this configuration.',
      registration: 'cimd_or_dcr',
      snippets: [
        { title: 'Terminal', code: `codex mcp add ${key} --url ${resource}` },
        { title: '~/.codex/config.toml', code: `[mcp_servers.${key}]\nurl = ${JSON.stringify(resource)}` },
      ],
      notes: [
        `To sign in again, or after you edited the file: codex mcp login ${key}`,
        'If the authorization server cannot read documents on the web, as a local one without internet: codex mcp login with --oauth-client-registration dcr.',
      ],
    },
    {
      id: 'gemini',
      name: 'Gemini CLI',
      instruction: `Add the server, start Gemini CLI, then type /mcp auth ${key}.`,
      registration: 'dcr',
      snippets: [
        { title: 'Terminal', code: `gemini mcp add --scope user --transport http ${key} ${resource}` },
        { title: '~/.gemini/settings.json', code: mcpServers({ type: 'http', url: resource }) },
      ],
      notes: [
        'It treats tokens with less than five minutes left as expired, so access tokens must be valid for longer than that.',
        'Version 0.61 refuses an authorization response without iss, whether or not the authorization server announces it.',
        'In a folder that you have not trusted, all MCP servers are disabled.',
      ],
    },
    {
      id: 'windsurf',
      name: 'Devin (Windsurf)',
      instruction:
        'Devin Desktop, the former Windsurf, and Devin CLI: add the server, then Authenticate in the list of MCP servers.',
      registration: 'undocumented',
      snippets: [
        { title: '~/.config/devin/mcp_config.json', code: mcpServers({ url: resource }) },
        {
          title: 'Terminal',
          code: `devin mcp add -s user ${key} ${resource}\ndevin mcp login ${key}`,
        },
        {
          title: 'Older Windsurf: ~/.codeium/windsurf/mcp_config.json',
          code: mcpServers({ serverUrl: resource }),
        },
      ],
      notes: ['Cascade in older versions of Windsurf ignores url: its key is serverUrl.'],
    },
    {
      id: 'copilot-cli',
      name: 'Copilot CLI',
      instruction: 'Add the server. Copilot opens the browser for the sign-in when it starts.',
      registration: 'cimd_or_dcr',
      snippets: [
        { title: 'Terminal', code: `copilot mcp add --transport http ${key} ${resource}` },
        {
          title: '~/.copilot/mcp-config.json',
          code: mcpServers({ type: 'http', url: resource, tools: ['*'] }),
        },
      ],
      notes: [
        'Without --transport http, the URL is taken for a local command.',
        `To sign in again: /mcp auth ${key} in a session.`,
      ],
    },
    {
      id: 'opencode',
      name: 'opencode',
      instruction: 'Add the server, then sign in.',
      registration: 'dcr',
      snippets: [
        {
          title: 'Terminal',
          code: `opencode mcp add ${key} --url ${resource}\nopencode mcp auth ${key}`,
        },
        {
          title: 'opencode.json',
          code: json({ mcp: { [key]: { type: 'remote', url: resource } } }),
        },
      ],
      notes: ['The key of version 1 is mcp; version 2 has the servers under mcp.servers.'],
    },
    {
      id: 'cline',
      name: 'Cline',
      instruction:
        'Add the server, then Authorize OAuth: in the panel of MCP servers, or with the command cline mcp.',
      registration: 'dcr',
      snippets: [
        { title: 'Terminal', code: `cline mcp add ${key} ${resource} --transport http --yes` },
        {
          title: 'cline_mcp_settings.json',
          code: mcpServers({ type: 'streamableHttp', url: resource }),
        },
      ],
      notes: ['Without type, the URL is taken for one of the older SSE transport.'],
    },
    {
      id: 'zed',
      name: 'Zed',
      instruction: 'Add the server to the settings. Zed then asks you to sign in.',
      registration: 'cimd_or_dcr',
      snippets: [{ title: 'settings.json', code: json({ context_servers: { [key]: { url: resource } } }) }],
      notes: ['With an Authorization header in the entry, Zed does not start the sign-in.'],
    },
    {
      id: 'goose',
      name: 'Goose',
      instruction:
        'Add the server as an extension: goose configure, Add Extension, Remote Extension (Streamable HTTP), or in the file. Goose opens the browser for the sign-in.',
      registration: 'cimd_or_dcr',
      snippets: [
        {
          title: '~/.config/goose/config.yaml',
          code: `extensions:\n  ${key}:\n    type: streamable_http\n    name: ${key}\n    uri: ${JSON.stringify(resource)}\n    enabled: true\n    timeout: 300`,
        },
      ],
      notes: ['The key is uri, not url. Versions before 1.32 support DCR only.'],
    },
    {
      id: 'kiro',
      name: 'Kiro',
      instruction: 'Add the server to mcp.json. Kiro opens the browser for the sign-in when you save.',
      registration: 'cimd_or_dcr',
      snippets: [{ title: '~/.kiro/settings/mcp.json', code: mcpServers({ url: resource }) }],
      notes: ['The IDE and the CLI share this file. Kiro accepts http for localhost only.'],
    },
    {
      id: 'inspector',
      name: 'MCP Inspector',
      instruction:
        'The command opens the inspector in the browser with this server in its list. The switch of the server connects, and signs you in.',
      registration: 'dcr_or_cimd',
      snippets: [
        {
          title: 'Terminal',
          code: `npx @modelcontextprotocol/inspector --transport http --server-url ${resource} --protocol-era auto`,
        },
      ],
      notes: ['Uses DCR unless its settings contain the URL of your own client metadata document.'],
    },
    {
      id: 'mcp-remote',
      name: 'mcp-remote',
      instruction:
        'For clients that support local servers only: mcp-remote connects, signs in and forwards all messages.',
      registration: 'dcr_or_cimd',
      snippets: [
        {
          title: 'Client configuration',
          code: mcpServers({ command: 'npx', args: ['-y', 'mcp-remote', resource] }),
        },
      ],
      notes: [
        'Uses DCR unless --client-metadata-url is the URL of your own client metadata document.',
        'Tokens are in ~/.mcp-auth. Delete the folder to sign in again.',
      ],
    },
    {
      id: 'add-mcp',
      name: 'Others',
      instruction:
        'add-mcp writes the configuration of about twenty clients, for instance of Antigravity, Kilo Code and Grok Build. Choose yours, then sign in there.',
      registration: 'depends_on_client',
      snippets: [{ title: 'Terminal', code: `npx add-mcp ${resource} -n ${key} -g` }],
      notes: [
        'Version 2.4 still writes the file of Windsurf, which Devin Desktop does not read.',
        'A client that is not in its list needs the URL, and OAuth support for MCP.',
      ],
    },
    {
      id: 'own-code',
      name: 'Your own code',
      instruction:
        'Python signs in through the browser by itself. The others need the access token of a person, here in TOKEN: sign in with an OAuth library, or with the official SDK.',
      registration: 'own_choice',
      snippets: [
        {
          title: 'Python, pip install fastmcp',
          code: `import asyncio
from fastmcp import Client

async def main():
    url = "${resource}"
    async with Client(url, auth="oauth") as client:
        print(await client.list_tools())

asyncio.run(main())`,
        },
        {
          title: 'TypeScript, npm install @modelcontextprotocol/client',
          code: `import {
  Client,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';

const url = new URL('${resource}');
const authProvider = { token: async () => TOKEN };
const client = new Client({ name: 'mine', version: '1' });
await client.connect(
  new StreamableHTTPClientTransport(url, { authProvider }),
);
console.log(await client.listTools());`,
        },
        {
          title: 'curl',
          code: `curl ${resource} \\
  -H "Authorization: Bearer $TOKEN" \\
  -H "Content-Type: application/json" \\
  -H "Accept: application/json, text/event-stream" \\
  -d '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'`,
        },
        {
          title: 'OpenAI Responses API, in tools',
          code: json({
            type: 'mcp',
            server_label: key,
            server_url: resource,
            authorization: 'the access token',
          }),
        },
        {
          title: 'Anthropic Messages API, in mcp_servers',
          code: json({
            type: 'url',
            name: key,
            url: resource,
            authorization_token: 'the access token',
          }),
        },
      ],
      notes: [
        'The model APIs connect from their own servers, which cannot reach localhost, and do not refresh the token.',
        'Ask for the scope offline_access, besides those of the challenge, to get a refresh token.',
      ],
    },
  ];
}
