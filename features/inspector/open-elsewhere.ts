/** `text` as one word of a POSIX shell. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * Commands that open a server in tools that run on the person's computer, also for stdio. Neither takes a server from a
 * link: a page could then make it connect.
 */
export const openElsewhere = (serverUrl: string) => [
  {
    name: 'MCP Inspector',
    page: 'https://github.com/modelcontextprotocol/inspector',
    command: `npx @modelcontextprotocol/inspector --transport http --server-url ${quoted(serverUrl)}`,
  },
  {
    name: 'MCPJam',
    page: 'https://github.com/MCPJam/inspector',
    command: `npx @mcpjam/inspector@latest --url ${quoted(serverUrl)}`,
  },
];
