/** How a client makes itself known to the authorization server, best way first. */
export type Registration = 'cimd' | 'cimd_or_dcr' | 'dcr' | 'dcr_or_cimd';

/** Something to copy: a command, or a file with its path. */
export type Snippet = { title: string; code: string };

export type ClientSetup = {
  id: string;
  name: string;
  /** One line on what to do. */
  how: string;
  registration: Registration;
  snippets: readonly Snippet[];
  /** A link that opens the client with this server filled in, or its settings where that is not possible. */
  open?: { label: string; href: string };
  /** What is known to go wrong. */
  catches: readonly string[];
  /** Whether it connects from its maker's servers, which cannot reach this machine. */
  remote?: true;
};

/** A name that every client's configuration accepts as a key: lower-case letters, digits and dashes. */
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
 * How to connect each client that people use, made from the one resource identifier.
 *
 * @param resource - `resourceUrl(config)`
 * @param serverName - shown in the client's list, made into a key where it needs one
 */
export function clientSetups(resource: string, serverName: string): readonly ClientSetup[] {
  const key = configurationKey(serverName);
  return [
    {
      id: 'claude',
      name: 'Claude',
      how: 'On the web or in the desktop app: Settings, Connectors, Add custom connector. Paste the URL, leave the OAuth fields empty, then Connect.',
      registration: 'cimd_or_dcr',
      snippets: [{ title: 'Remote MCP server URL', code: resource }],
      open: { label: 'Open connector settings', href: 'https://claude.ai/settings/connectors' },
      catches: ['claude_desktop_config.json takes local servers only; add this one as a connector.'],
      remote: true,
    },
    {
      id: 'claude-code',
      name: 'Claude Code',
      how: 'Add the server, then type /mcp in a session and choose Authenticate.',
      registration: 'cimd_or_dcr',
      snippets: [
        { title: 'Terminal', code: `claude mcp add --transport http ${key} ${resource}` },
        {
          title: '.mcp.json, shared with a project',
          code: json({ mcpServers: { [key]: { type: 'http', url: resource } } }),
        },
      ],
      catches: ['Options such as --scope user stand before the name.'],
    },
    {
      id: 'chatgpt',
      name: 'ChatGPT',
      how: 'Settings, Apps, Advanced settings: switch on Developer mode. Then Create app, paste the URL and choose OAuth.',
      registration: 'cimd_or_dcr',
      snippets: [{ title: 'MCP Server URL', code: resource }],
      open: { label: 'Open app settings', href: 'https://chatgpt.com/#settings/Connectors' },
      catches: ['In a workspace, an administrator may have to allow developer mode first.'],
      remote: true,
    },
    {
      id: 'cursor',
      name: 'Cursor',
      how: 'Use the button, or add it to mcp.json. Cursor then asks to sign in.',
      registration: 'dcr',
      snippets: [{ title: '~/.cursor/mcp.json', code: json({ mcpServers: { [key]: { url: resource } } }) }],
      open: {
        label: 'Add to Cursor',
        href: `cursor://anysphere.cursor-deeplink/mcp/install?${new URLSearchParams({
          name: key,
          config: base64(JSON.stringify({ url: resource })),
        })}`,
      },
      catches: ['Headers set in mcp.json are not sent to a server that asks for OAuth.'],
    },
    {
      id: 'vscode',
      name: 'VS Code',
      how: 'Use the button, or add it to mcp.json, then start the server from that file.',
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
      catches: ['The top-level key is servers here, not mcpServers.'],
    },
    {
      id: 'codex',
      name: 'Codex',
      how: 'Add the server, then sign in. The CLI, the IDE extension and the desktop app share the file.',
      registration: 'cimd_or_dcr',
      snippets: [
        { title: 'Terminal', code: `codex mcp add ${key} --url ${resource}\ncodex mcp login ${key}` },
        { title: '~/.codex/config.toml', code: `[mcp_servers.${key}]\nurl = ${JSON.stringify(resource)}` },
      ],
      catches: [
        'Older versions know only registration and say "Dynamic client registration not supported" where it is off: update Codex.',
      ],
    },
    {
      id: 'gemini',
      name: 'Gemini CLI',
      how: 'Add the server, restart Gemini CLI, then type /mcp auth and its name.',
      registration: 'dcr',
      snippets: [
        { title: 'Terminal', code: `gemini mcp add --scope user --transport http ${key} ${resource}` },
        { title: '~/.gemini/settings.json', code: json({ mcpServers: { [key]: { httpUrl: resource } } }) },
      ],
      catches: ['The key is httpUrl; url means the older SSE transport.'],
    },
    {
      id: 'windsurf',
      name: 'Windsurf',
      how: 'Add it to mcp_config.json and refresh the list of servers in Cascade.',
      registration: 'dcr',
      snippets: [
        {
          title: '~/.codeium/windsurf/mcp_config.json',
          code: json({ mcpServers: { [key]: { serverUrl: resource } } }),
        },
      ],
      catches: ['The key is serverUrl; url is ignored.'],
    },
    {
      id: 'inspector',
      name: 'MCP Inspector',
      how: 'Opens in the browser with the server filled in. Choose OAuth, then Connect.',
      registration: 'dcr_or_cimd',
      snippets: [
        {
          title: 'Terminal',
          code: `npx @modelcontextprotocol/inspector --transport http --server-url ${resource} --protocol-era auto`,
        },
      ],
      catches: ['It registers unless its settings name a client metadata document of your own.'],
    },
    {
      id: 'mcp-remote',
      name: 'mcp-remote',
      how: 'For clients that start local programs only: mcp-remote connects, signs in and passes everything on.',
      registration: 'dcr_or_cimd',
      snippets: [
        {
          title: 'Configuration of the client',
          code: json({ mcpServers: { [key]: { command: 'npx', args: ['-y', 'mcp-remote', resource] } } }),
        },
      ],
      catches: [
        'It registers unless --client-metadata-url names a document of your own.',
        'It keeps tokens in ~/.mcp-auth; delete that folder to sign in anew.',
      ],
    },
  ];
}
