/** A field name (RFC 9110 section 5.1). */
export const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
/** A field value of visible ASCII, spaces and tabs, without space around it (RFC 9110 section 5.5). */
export const HEADER_VALUE = /^[\x21-\x7e](?:[\t\x20-\x7e]{0,8190}[\x21-\x7e])?$/;

const HOP_BY_HOP = new Set([
  ...[
    'connection',
    'keep-alive',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
    'expect',
    'content-length',
  ],
  ...['proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'accept-encoding'],
]);
const OF_THE_PROTOCOL = new Set([
  ...['accept', 'content-type', 'last-event-id', 'mcp-session-id', 'mcp-protocol-version', 'mcp-method'],
  'mcp-name',
]);

/** Why a header is not sent, as a sentence; undefined when it may be. */
export function refusedHeader(name: string): string | undefined {
  const lower = name.toLowerCase();
  if (lower === 'host') return 'Host follows from the URL.';
  if (lower === 'cookie') return 'The inspector sends no cookies.';
  if (HOP_BY_HOP.has(lower)) return `${name} belongs to the connection, not to the request.`;
  if (OF_THE_PROTOCOL.has(lower) || lower.startsWith('mcp-param-'))
    return `The protocol sets ${name} itself.`;
  return undefined;
}

/** What is wrong with a header that a person entered, as a sentence; undefined when it can be sent. */
export function headerProblem({ name, value }: { name: string; value: string }): string | undefined {
  if (!HEADER_NAME.test(name)) return 'A header name has letters, digits and hyphens, and no space.';
  const refused = refusedHeader(name);
  if (refused) return refused;
  return HEADER_VALUE.test(value)
    ? undefined
    : 'A header value is one line of ASCII without spaces around it.';
}
