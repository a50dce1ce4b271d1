import { boundedBody } from '#lib/http/bounded-body.ts';
import { withDeadline } from '#lib/http/with-deadline.ts';
import { INVALID_REQUEST, PARSE_ERROR, rpcError, SERVER_ERROR } from './rpc-error.ts';

/** Longest request body, in bytes, counted while it is read. */
export const MAX_BODY_BYTES = 1024 * 1024;
/** Time for the whole body to arrive: a slow sender occupies a place in the concurrency limit. */
const DEADLINE_MS = 15_000;
/** Deepest nesting of arrays and objects; MCP messages need about ten levels. */
const MAX_DEPTH = 64;

/** Status of a request whose client left before its body had arrived. No client receives it. */
export const CLIENT_LEFT = 499;

const utf8 = new TextDecoder('utf-8', { fatal: true });

const refuseLength = () => rpcError(413, SERVER_ERROR, `The body is longer than ${MAX_BODY_BYTES} bytes`);

const refuseDelay = () => rpcError(408, SERVER_ERROR, `The body did not arrive in ${DEADLINE_MS / 1000} s`);

/**
 * Checks the headers of a request that describe its body, before any of it is read.
 *
 * @returns 415 for anything but `application/json`, or for a content encoding; 413 for a declared length over
 *   {@link MAX_BODY_BYTES}
 */
export function refuseBodyHeaders(headers: Headers): Response | undefined {
  if (!/^application\/json\s*(;|$)/i.test(headers.get('content-type')?.trim() ?? ''))
    return rpcError(415, SERVER_ERROR, 'Send the body as Content-Type: application/json');
  if (headers.has('content-encoding'))
    return rpcError(415, SERVER_ERROR, 'Send the body without a Content-Encoding');
  return Number(headers.get('content-length') ?? 0) > MAX_BODY_BYTES ? refuseLength() : undefined;
}

/**
 * Reads a JSON body.
 *
 * @returns the value; or 413 when the body is too long, 408 when it takes too long to arrive, and 400 when it is not
 *   UTF-8, not JSON (JSON-RPC 2.0 section 5.1), nested too deeply, or has a member named `__proto__`
 */
export async function readJsonBody(request: Request): Promise<{ json: unknown } | Response> {
  const reading = readBytes(request).catch((error: unknown) => {
    if (request.signal.aborted || (error instanceof Error && 'code' in error && error.code === 'ECONNRESET'))
      return new Response(null, { status: CLIENT_LEFT });
    throw error;
  });
  const bytes = await withDeadline<Uint8Array | Response>(reading, DEADLINE_MS, refuseDelay);
  if (bytes instanceof Response) return bytes;
  let json: unknown;
  try {
    json = JSON.parse(utf8.decode(bytes));
  } catch (error) {
    const expected = error instanceof SyntaxError ? 'JSON' : 'UTF-8';
    return rpcError(400, PARSE_ERROR, `Parse error: the body is not valid ${expected}`);
  }
  return refuseShape(json) ?? { json };
}

async function readBytes(request: Request): Promise<Uint8Array | Response> {
  // The HTTP parser delivers no more than the declared length, which was checked: no need to count chunks.
  const bytes = request.headers.has('content-length')
    ? new Uint8Array(await request.arrayBuffer())
    : await boundedBody(request, MAX_BODY_BYTES);
  return bytes === undefined || bytes.byteLength > MAX_BODY_BYTES ? refuseLength() : bytes;
}

/** Walks without recursion, because the sender chooses the nesting. */
function refuseShape(root: unknown): Response | undefined {
  let level: object[] = isNested(root) ? [root] : [];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= MAX_DEPTH)
      return rpcError(400, INVALID_REQUEST, `The body is nested deeper than ${MAX_DEPTH} levels`);
    const next: object[] = [];
    for (const parent of level) {
      if (Object.hasOwn(parent, '__proto__'))
        return rpcError(400, INVALID_REQUEST, 'A member named __proto__ is not accepted');
      for (const value of Object.values(parent)) if (isNested(value)) next.push(value);
    }
    level = next;
  }
  return undefined;
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
