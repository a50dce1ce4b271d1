import { boundedBody } from '#lib/http/bounded-body.ts';
import { withDeadline } from '#lib/http/with-deadline.ts';

/** Longest request body, in bytes; counted as it is read, whatever `Content-Length` says. */
export const MAX_BODY_BYTES = 1024 * 1024;
/** Milliseconds until the whole body must have arrived: who sends slower holds a place for nothing. */
const DEADLINE_MS = 15_000;
/** Deepest nesting of arrays and objects; MCP messages need about ten. */
const MAX_DEPTH = 64;

/** Why a body was not taken: HTTP status, JSON-RPC error code and a message that names the problem. */
export class BodyRefusedError extends Error {
  readonly code = 'body_refused';
  readonly status: number;
  readonly rpcCode: number;

  constructor(status: number, rpcCode: number, message: string) {
    super(message);
    this.status = status;
    this.rpcCode = rpcCode;
  }
}

const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;
const SERVER_ERROR = -32000;

const utf8 = new TextDecoder('utf-8', { fatal: true });

const tooLarge = () =>
  new BodyRefusedError(413, SERVER_ERROR, `The body is longer than ${MAX_BODY_BYTES} bytes`);

/**
 * Checks what the headers of a request say about its body, before any of it is read.
 *
 * @throws {BodyRefusedError} 415 for anything but `application/json`, or for a content encoding; 413 for a declared
 *   length over {@link MAX_BODY_BYTES}
 */
export function refuseBodyByHeaders(headers: Headers): void {
  if (!/^application\/json\s*(;|$)/i.test(headers.get('content-type')?.trim() ?? ''))
    throw new BodyRefusedError(415, SERVER_ERROR, 'Send the body as Content-Type: application/json');
  if (headers.has('content-encoding'))
    throw new BodyRefusedError(415, SERVER_ERROR, 'Send the body without a Content-Encoding');
  if (Number(headers.get('content-length') ?? 0) > MAX_BODY_BYTES) throw tooLarge();
}

/**
 * Reads a JSON body.
 *
 * @throws {BodyRefusedError} 413 when it is too long; 400 when it is not UTF-8 or not JSON (JSON-RPC 2.0 section
 *   5.1), nested too deeply, or has a member named `__proto__`; 408 when it takes too long to arrive
 */
export async function readJsonBody(request: Request): Promise<unknown> {
  const bytes = await withDeadline(readBytes(request), DEADLINE_MS, late);
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch (error) {
    const problem = error instanceof SyntaxError ? 'JSON' : 'UTF-8';
    throw new BodyRefusedError(400, PARSE_ERROR, `Parse error: the body is not valid ${problem}`);
  }
  refuseShape(value);
  return value;
}

function late(): never {
  throw new BodyRefusedError(408, SERVER_ERROR, `The body did not arrive in ${DEADLINE_MS / 1000} s`);
}

async function readBytes(request: Request): Promise<Uint8Array> {
  // The HTTP parser hands over no more than a declared length, and that was checked: no need to count chunks.
  const bytes = request.headers.has('content-length')
    ? new Uint8Array(await request.arrayBuffer())
    : await boundedBody(request, MAX_BODY_BYTES);
  if (bytes === undefined || bytes.byteLength > MAX_BODY_BYTES) throw tooLarge();
  return bytes;
}

/** Walks without recursion, because the nesting is the sender's choice. */
function refuseShape(root: unknown): void {
  let level: object[] = isNested(root) ? [root] : [];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= MAX_DEPTH)
      throw new BodyRefusedError(400, INVALID_REQUEST, `The body is nested deeper than ${MAX_DEPTH} levels`);
    const next: object[] = [];
    for (const parent of level) {
      if (Object.hasOwn(parent, '__proto__'))
        throw new BodyRefusedError(400, INVALID_REQUEST, 'A member named __proto__ is not accepted');
      for (const value of Object.values(parent)) if (isNested(value)) next.push(value);
    }
    level = next;
  }
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
