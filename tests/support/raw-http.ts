import { connect } from 'node:net';

/** An answer as it came off the wire. */
export type RawAnswer = {
  status: number;
  /** Header lines in order, names in lower case. */
  headers: [name: string, value: string][];
  /** All values of one header, joined as RFC 9110 section 5.2 does. */
  header(name: string): string | undefined;
  body: string;
  /** Everything, for a search. */
  raw: string;
  durationMs: number;
};

export type RawRequest = {
  method?: string;
  /** The request target, sent as it is. */
  target?: string;
  /** Header lines, sent as they are, also twice; `Host` and `Connection` are added unless given. */
  headers?: readonly (readonly [name: string, value: string])[];
  body?: string | Uint8Array;
  timeoutMs?: number;
};

const CRLF = '\r\n';

function answerOf(raw: string, durationMs: number): RawAnswer {
  const end = raw.indexOf(CRLF + CRLF);
  const [statusLine = '', ...lines] = raw.slice(0, end === -1 ? raw.length : end).split(CRLF);
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  const header = (name: string) => {
    const values = headers.filter(([known]) => known === name).map(([, value]) => value);
    return values.length === 0 ? undefined : values.join(', ');
  };
  const content = end === -1 ? '' : raw.slice(end + 4);
  const body = header('transfer-encoding') === 'chunked' ? unchunked(content) : content;
  return { status: Number(statusLine.split(' ')[1] ?? 0), headers, header, body, raw, durationMs };
}

function unchunked(content: string): string {
  let text = '';
  for (let at = 0; at < content.length; ) {
    const lineEnd = content.indexOf(CRLF, at);
    const size = Number.parseInt(content.slice(at, lineEnd), 16);
    if (!(size > 0)) break;
    text += content.slice(lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 2 + size + 2;
  }
  return text;
}

/**
 * Sends one HTTP/1.1 request over a socket, byte for byte: what `fetch` would normalise or refuse to send. Text is
 * sent and received as Latin-1, one byte a character.
 *
 * @throws when the server has not closed the connection after `timeoutMs`
 */
export function rawRequest(origin: string, request: RawRequest): Promise<RawAnswer> {
  const { hostname, port, host } = new URL(origin);
  const { method = 'POST', target = '/mcp', headers = [], body = '', timeoutMs = 15_000 } = request;
  const given = new Set(headers.map(([name]) => name.toLowerCase()));
  const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : Buffer.from(body);
  const lines: (readonly [string, string])[] = [...headers];
  if (!given.has('host')) lines.unshift(['Host', host]);
  if (!given.has('connection')) lines.push(['Connection', 'close']);
  if (bytes.length > 0 && !given.has('content-length') && !given.has('transfer-encoding'))
    lines.push(['Content-Length', String(bytes.length)]);
  const head = `${method} ${target} HTTP/1.1${CRLF}${lines.map((line) => line.join(': ') + CRLF).join('')}${CRLF}`;
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname === 'localhost' ? '127.0.0.1' : hostname);
    const received: Buffer[] = [];
    const end = () => {
      clearTimeout(timer);
      resolve(answerOf(Buffer.concat(received).toString('latin1'), performance.now() - started));
    };
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`No end of the answer after ${timeoutMs} ms`));
    }, timeoutMs);
    socket.on('data', (chunk) => received.push(chunk));
    socket.on('close', end);
    // A server may refuse and close while the rest of a long body is still being sent.
    socket.on('error', () => undefined);
    socket.write(Buffer.concat([Buffer.from(head, 'latin1'), bytes]));
  });
}
