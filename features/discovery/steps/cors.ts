import type { Trace } from '../trace.ts';
import { probeMessage } from './messages.ts';

/** How the server treats a client that runs in a browser at `origin`. */
export type CorsFacts = {
  origin: string;
  preflight: {
    exchangeId: string;
    status: number | undefined;
    allowed: boolean;
    missingHeaders: readonly string[];
  };
  /** Only when the preflight allowed the request. */
  answer?: { exchangeId: string; status: number | undefined; allowed: boolean; exposesChallenge: boolean };
};

/** Headers that an MCP client in a browser sends. */
const NEEDED_HEADERS = ['authorization', 'content-type', 'mcp-protocol-version'];

const items = (value: string | null) =>
  (value ?? '')
    .split(',')
    .map((item) => item.trim().toLowerCase())
    .filter((item) => item !== '');

/** Whether a browser at `origin` may read a response with these headers (Fetch standard, CORS check). */
export function readableFrom(headers: Headers, origin: string): boolean {
  const allowed = headers.get('access-control-allow-origin');
  return allowed === '*' || allowed === origin;
}

/** Sends the requests of a browser: a preflight and, if it is allowed, the request without a token. */
export async function probeCors(trace: Trace, serverUrl: string, origin: string): Promise<CorsFacts> {
  const preflight = await trace.send({
    step: 'cors',
    title: 'Preflight of a browser client',
    to: 'mcp-server',
    url: serverUrl,
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': NEEDED_HEADERS.join(','),
    },
  });
  const headers = preflight.response?.headers ?? new Headers();
  const status = preflight.response?.status;
  const allowedHeaders = items(headers.get('access-control-allow-headers'));
  const missingHeaders = NEEDED_HEADERS.filter(
    // `*` never covers Authorization (Fetch standard, "CORS-preflight fetch").
    (name) => !allowedHeaders.includes(name) && !(allowedHeaders.includes('*') && name !== 'authorization'),
  );
  const allowed = status !== undefined && status >= 200 && status < 300 && readableFrom(headers, origin);
  const facts: CorsFacts = {
    origin,
    preflight: { exchangeId: preflight.exchange.id, status, allowed, missingHeaders },
  };
  if (!allowed) return facts;

  const message = probeMessage('server/discover');
  const answer = await trace.send({
    step: 'cors',
    title: 'The same request from a browser',
    to: 'mcp-server',
    url: serverUrl,
    method: 'POST',
    headers: { ...message.headers, origin },
    body: message.body,
  });
  const answered = answer.response?.headers ?? new Headers();
  const exposed = items(answered.get('access-control-expose-headers'));
  return {
    ...facts,
    answer: {
      exchangeId: answer.exchange.id,
      status: answer.response?.status,
      allowed: readableFrom(answered, origin),
      exposesChallenge: exposed.includes('www-authenticate') || exposed.includes('*'),
    },
  };
}
