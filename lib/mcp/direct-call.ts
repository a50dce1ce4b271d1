import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type Implementation,
  isSpecType,
  PROTOCOL_VERSION_META_KEY,
  SERVER_INFO_META_KEY,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/server';
import { LRUCache } from 'lru-cache';
import type { Call } from './call.ts';
import type { Tool, ToolResult } from './tool.ts';

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
): Response | Promise<Response> | undefined {
  const ordinary = readOrdinaryCall(body, headers);
  if (ordinary === undefined) return undefined;
  const running = tools.get(ordinary.name)?.start(ordinary.args, call, { envelope: ordinary.envelope });
  if (running === undefined) return undefined;
  if (!(running instanceof Promise)) return answer(ordinary, running, serverInfo);
  // The same as the SDK answers to nobody: the client has gone, or may not know the result any more.
  const toNobody = () => new Response(null, { status: 499 });
  return Promise.race([
    running.then((result) => answer(ordinary, result, serverInfo)),
    ended(call.signal).then(toNobody),
  ]);
}

function answer({ id, envelope }: OrdinaryCall, result: ToolResult, serverInfo: Implementation): Response {
  const stamped =
    envelope === undefined
      ? result
      : { resultType: 'complete', ...result, _meta: { [SERVER_INFO_META_KEY]: serverInfo } };
  return Response.json({ result: stamped, jsonrpc: '2.0', id });
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
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
  return (
    meta[PROTOCOL_VERSION_META_KEY] === MODERN &&
    headers.get('mcp-protocol-version') === MODERN &&
    headers.get('mcp-method') === 'tools/call' &&
    headers.get('mcp-name') === name &&
    Object.keys(meta).every((key) => ENVELOPE.has(key) || !isReserved(key)) &&
    isKnownToFit(meta[CLIENT_INFO_META_KEY], meta[CLIENT_CAPABILITIES_META_KEY])
  );
}

/** What clients say of themselves is the same in each call. */
const fitting = new LRUCache<string, boolean>({ max: 500 });
const LONGEST_REMEMBERED = 2000;

function isKnownToFit(software: unknown, capabilities: unknown): boolean {
  const said = JSON.stringify({ software, capabilities });
  const known = fitting.get(said);
  if (known !== undefined) return known;
  const fits =
    (software === undefined || isSpecType.Implementation(software)) &&
    isSpecType.ClientCapabilities(capabilities) &&
    canShowForms(capabilities.elicitation);
  if (said.length <= LONGEST_REMEMBERED) fitting.set(said, fits);
  return fits;
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
