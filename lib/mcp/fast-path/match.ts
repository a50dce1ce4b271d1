import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  isSpecType,
  PROTOCOL_VERSION_META_KEY,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/server';
import { LRUCache } from 'lru-cache';
import { isObject } from '#lib/text/json.ts';

const MODERN = '2026-07-28';
const MEMBERS = new Set(['jsonrpc', 'id', 'method', 'params']);
const CALL_PARAMS = new Set(['name', 'arguments', '_meta']);
const LIST_PARAMS = new Set(['_meta']);
const ENVELOPE = new Set([PROTOCOL_VERSION_META_KEY, CLIENT_INFO_META_KEY, CLIENT_CAPABILITIES_META_KEY]);

type Members = Readonly<Record<string, unknown>>;

type FastPathRequest = {
  id: string | number;
  /** The revision in its header; empty for a client of 2025 that sends none. */
  revision: string;
  /** The `_meta` of 2026-07-28 that describes the client; undefined for a client of 2025. */
  envelope: Members | undefined;
};

export type FastPathCall = FastPathRequest & { method: 'tools/call'; name: string; args: Members };
export type FastPathList = FastPathRequest & { method: 'tools/list' };

/**
 * Recognizes a `tools/call` or `tools/list` of a well-known form that needs none of the protocol's machinery: no
 * progress, no answers to questions, no batch, no cursor, no error.
 *
 * @returns undefined for every other request
 */
export function matchFastPath(body: unknown, headers: Headers): FastPathCall | FastPathList | undefined {
  if (!hasOnly(body, MEMBERS) || body.jsonrpc !== '2.0') return undefined;
  const { id, method, params = {} } = body;
  if (typeof id !== 'string' && !Number.isSafeInteger(id)) return undefined;
  if (method === 'tools/list') {
    if (!hasOnly(params, LIST_PARAMS)) return undefined;
    const common = readCommon(id as string | number, params, headers, method, null);
    return common && { ...common, method };
  }
  if (method !== 'tools/call' || !hasOnly(params, CALL_PARAMS)) return undefined;
  const { name, arguments: args = {} } = params;
  if (typeof name !== 'string' || !isObject(args)) return undefined;
  const common = readCommon(id as string | number, params, headers, method, name);
  return common && { ...common, method, name, args };
}

function readCommon(
  id: string | number,
  { _meta: meta = {} }: Members,
  headers: Headers,
  method: string,
  name: string | null,
): FastPathRequest | undefined {
  if (!isObject(meta) || 'progressToken' in meta) return undefined;
  const modern = PROTOCOL_VERSION_META_KEY in meta;
  if (!(modern ? isModern(meta, headers, method, name) : isLegacy(meta, headers))) return undefined;
  return { id, revision: headers.get('mcp-protocol-version') ?? '', envelope: modern ? meta : undefined };
}

/** A request of 2026-07-28: its envelope is complete, and its headers match. */
function isModern(meta: Members, headers: Headers, method: string, name: string | null): boolean {
  return (
    meta[PROTOCOL_VERSION_META_KEY] === MODERN &&
    headers.get('mcp-protocol-version') === MODERN &&
    headers.get('mcp-method') === method &&
    headers.get('mcp-name') === name &&
    Object.keys(meta).every((key) => ENVELOPE.has(key) || !isReserved(key)) &&
    isValidClient(meta[CLIENT_INFO_META_KEY], meta[CLIENT_CAPABILITIES_META_KEY])
  );
}

/** A client describes itself in the same way in each request, so the result of the SDK's schemas is cached. */
const validClients = new LRUCache<string, boolean>({ max: 500 });
const MAX_CACHED_LENGTH = 2000;

function isValidClient(software: unknown, capabilities: unknown): boolean {
  const key = JSON.stringify({ software, capabilities });
  const cached = validClients.get(key);
  if (cached !== undefined) return cached;
  const valid =
    (software === undefined || isSpecType.Implementation(software)) &&
    isSpecType.ClientCapabilities(capabilities) &&
    canShowForms(capabilities.elicitation);
  if (key.length <= MAX_CACHED_LENGTH) validClients.set(key, valid);
  return valid;
}

/** A client that can only open a URL to ask the person is left to the SDK. */
function canShowForms(elicitation: unknown): boolean {
  return !isObject(elicitation) || !('url' in elicitation) || 'form' in elicitation;
}

/** A request of a revision of 2025, without a session. */
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

/** Whether a key of `_meta` is reserved for the protocol (2026-07-28, General fields). */
function isReserved(key: string): boolean {
  return /^([^/]+\.)?(modelcontextprotocol|mcp)(\.[^/]*)?\//.test(key);
}

/** Whether a value is an object with no other members than these. */
function hasOnly(value: unknown, members: ReadonlySet<string>): value is Members {
  return isObject(value) && Object.keys(value).every((key) => members.has(key));
}
