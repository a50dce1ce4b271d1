/** How a client identifies itself to the authorization server, first choice first. */
export type Registration = 'cimd_or_dcr' | 'dcr' | 'dcr_or_cimd';

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
  return [
    {
      id: 'claude',
      name: 'Claude',
      instruction:
        'On the web or in the desktop app: Settings, Connectors, Add custom connector. Paste the URL, leave the OAuth fields empty, then Connect.',
      registration: 'cimd_or_dcr',
      snippets: [{ title: 'Remote MCP server URL', code: resource }],
      open: { label: 'Open connector settings', href: 'https://claude.ai/settings/connectors' },
      notes: ['claude_desktop_config.json supports local servers only. Add a remote server as a connector.'],
      connectsFrom: 'Anthropic',
    },
    {
      id: 'claude-code',
      name: 'Claude Code',
      instruction: 'Add the server, then type /mcp in a session and choose Authenticate.',
      registration: 'cimd_or_dcr',
      snippets: [
        { title: 'Terminal', code: `claude mcp add --transport http ${key} ${resource}` },
        {
          title: '.mcp.json, shared with a project',
          code: json({ mcpServers: { [key]: { type: 'http', url: resource } } }),
        },
      ],
      notes: ['Put options such as --scope user before the name.'],
    },
    {
      id: 'chatgpt',
      name: 'ChatGPT',
      instruction:
        'Settings, Apps, Advanced settings: switch on Developer mode. Then Create app, paste the URL and choose OAuth.',
      registration: 'cimd_or_dcr',
      snippets: [{ title: 'MCP Server URL', code: resource }],
      open: { label: 'Open app settings', href: 'https://chatgpt.com/#settings/Connectors' },
      notes: ['In a workspace, an administrator may have to enable developer mode.'],
      connectsFrom: 'OpenAI',
    },
    {
      id: 'cursor',
      name: 'Cursor',
      instruction: 'Use the button, or add the server to mcp.json. Cursor then asks you to sign in.',
      registration: 'dcr',
      snippets: [{ title: '~/.cursor/mcp.json', code: json({ mcpServers: { [key]: { url: resource } } }) }],
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
        'Add the server, then sign in. The CLI, the IDE extension and the desktop app share this configuration.',
      registration: 'cimd_or_dcr',
      snippets: [
        { title: 'Terminal', code: `codex mcp add ${key} --url ${resource}\ncodex mcp login ${key}` },
        { title: '~/.codex/config.toml', code: `[mcp_servers.${key}]\nurl = ${JSON.stringify(resource)}` },
      ],
      notes: [
        'Older versions support DCR only. Update Codex if it reports "Dynamic client registration not supported".',
      ],
    },
    {
      id: 'gemini',
      name: 'Gemini CLI',
      instruction: 'Add the server, restart Gemini CLI, then type /mcp auth and the name of the server.',
      registration: 'dcr',
      snippets: [
        { title: 'Terminal', code: `gemini mcp add --scope user --transport http ${key} ${resource}` },
        { title: '~/.gemini/settings.json', code: json({ mcpServers: { [key]: { httpUrl: resource } } }) },
      ],
      notes: ['The key is httpUrl. The key url selects the older SSE transport.'],
    },
    {
      id: 'windsurf',
      name: 'Windsurf',
      instruction: 'Add the server to mcp_config.json, then refresh the list of servers in Cascade.',
      registration: 'dcr',
      snippets: [
        {
          title: '~/.codeium/windsurf/mcp_config.json',
          code: json({ mcpServers: { [key]: { serverUrl: resource } } }),
        },
      ],
      notes: ['The key is serverUrl. Windsurf ignores url.'],
    },
    {
      id: 'inspector',
      name: 'MCP Inspector',
      instruction:
        'The command opens the inspector in the browser with the URL filled in. Choose OAuth, then Connect.',
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
          code: json({ mcpServers: { [key]: { command: 'npx', args: ['-y', 'mcp-remote', resource] } } }),
        },
      ],
      notes: [
        'Uses DCR unless --client-metadata-url is the URL of your own client metadata document.',
        'Tokens are in ~/.mcp-auth. Delete the folder to sign in again.',
      ],
    },
  ];
}
