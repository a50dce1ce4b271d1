import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type Implementation,
  isSpecType,
  PROTOCOL_VERSION_META_KEY,
  SERVER_INFO_META_KEY,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/server';
import type { Call } from './call.ts';
import type { Tool } from './tool.ts';

const MODERN = '2026-07-28';
const MEMBERS = new Set(['jsonrpc', 'id', 'method', 'params']);
const PARAMS = new Set(['name', 'arguments', '_meta']);
const ENVELOPE = new Set([PROTOCOL_VERSION_META_KEY, CLIENT_INFO_META_KEY, CLIENT_CAPABILITIES_META_KEY]);

type Members = Readonly<Record<string, unknown>>;
type OrdinaryCall = { id: string | number; name: string; args: Members; envelope: Members | undefined };

/**
 * Serves ordinary calls of tools without building an SDK server for each, which costs about twice what the rest of
 * this endpoint does. Ordinary is a `tools/call` of known form with nothing in it that needs the protocol's machinery:
 * no progress, no answers to questions, no batch, nothing that is wrong. Whatever else comes, and every error, is the
 * SDK's to answer.
 * The answers are those of the SDK, except that a client of 2025 gets JSON where the SDK opens a stream.
 *
 * @returns undefined, and nothing has run, when the call is not ordinary
 */
export function serveDirectly(
  { headers }: Pick<Request, 'headers'>,
  body: unknown,
  call: Call,
  { tools, serverInfo }: { tools: ReadonlyMap<string, Tool>; serverInfo: Implementation },
): Promise<Response> | undefined {
  const ordinary = readOrdinaryCall(body, headers);
  if (ordinary === undefined) return undefined;
  const running = tools.get(ordinary.name)?.start(ordinary.args, call, { envelope: ordinary.envelope });
  return running && answer(ordinary, running, call.signal, serverInfo);
}

async function answer(
  { id, envelope }: OrdinaryCall,
  running: NonNullable<ReturnType<Tool['start']>>,
  signal: AbortSignal,
  serverInfo: Implementation,
): Promise<Response> {
  const result = await Promise.race([running, ended(signal)]);
  // The same as the SDK answers to nobody: the client has gone, or may not know the result any more.
  if (result === undefined) return new Response(null, { status: 499 });
  const stamped =
    envelope === undefined
      ? result
      : { resultType: 'complete', ...result, _meta: { [SERVER_INFO_META_KEY]: serverInfo } };
  return Response.json({ result: stamped, jsonrpc: '2.0', id });
}

function ended(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

function readOrdinaryCall(body: unknown, headers: Headers): OrdinaryCall | undefined {
  if (!isObject(body, MEMBERS) || body.jsonrpc !== '2.0' || body.method !== 'tools/call') return undefined;
  const { id, params } = body;
  if (typeof id !== 'string' && !Number.isSafeInteger(id)) return undefined;
  if (!isObject(params, PARAMS) || typeof params.name !== 'string') return undefined;
  const { name, arguments: args = {}, _meta: meta = {} } = params;
  if (!isObject(args) || !isObject(meta) || 'progressToken' in meta) return undefined;
  const modern = PROTOCOL_VERSION_META_KEY in meta;
  if (!(modern ? isModern(meta, headers, name) : isLegacy(meta, headers))) return undefined;
  return { id: id as string | number, name, args, envelope: modern ? meta : undefined };
}

/** 2026-07-28: a whole envelope, and headers that say the same. */
function isModern(meta: Members, headers: Headers, name: string): boolean {
  const software = meta[CLIENT_INFO_META_KEY];
  const capabilities = meta[CLIENT_CAPABILITIES_META_KEY];
  return (
    meta[PROTOCOL_VERSION_META_KEY] === MODERN &&
    headers.get('mcp-protocol-version') === MODERN &&
    headers.get('mcp-method') === 'tools/call' &&
    headers.get('mcp-name') === name &&
    Object.keys(meta).every((key) => ENVELOPE.has(key) || !isReserved(key)) &&
    (software === undefined || isSpecType.Implementation(software)) &&
    isSpecType.ClientCapabilities(capabilities) &&
    canShowForms(capabilities.elicitation)
  );
}

/** Not so a client that can only open a URL to ask the person, which the SDK knows how to tell. */
function canShowForms(elicitation: unknown): boolean {
  return !isObject(elicitation) || !('url' in elicitation) || 'form' in elicitation;
}

/** Revisions of 2025, without a session. */
function isLegacy(meta: Members, headers: Headers): boolean {
  const version = headers.get('mcp-protocol-version');
  const accepted = headers.get('accept') ?? '';
  return (
    (version === null || SUPPORTED_PROTOCOL_VERSIONS.includes(version)) &&
    accepted.includes('application/json') &&
    accepted.includes('text/event-stream') &&
    !['mcp-session-id', 'mcp-method', 'mcp-name'].some((header) => headers.has(header)) &&
    !Object.keys(meta).some(isReserved)
  );
}

/** Keys that the protocol keeps to itself (2026-07-28, General fields, `_meta`). */
function isReserved(key: string): boolean {
  return /^([^/]+\.)?(modelcontextprotocol|mcp)(\.[^/]*)?\//.test(key);
}

/** Whether a value is an object, with no other members than these. */
function isObject(value: unknown, members?: ReadonlySet<string>): value is Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return members === undefined || Object.keys(value).every((key) => members.has(key));
}
