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

/** What every ordinary request has. */
type Ordinary = {
  id: string | number;
  /** The revision that its header names; empty for a client of 2025 that names none. */
  revision: string;
  /** What a client of 2026-07-28 says of itself; undefined for one of 2025. */
  envelope: Members | undefined;
};

export type OrdinaryCall = Ordinary & { method: 'tools/call'; name: string; args: Members };
export type OrdinaryList = Ordinary & { method: 'tools/list' };

/**
 * Reads a call of a tool, or a request for the list of tools, of known form with nothing in it that needs the
 * protocol's machinery: no progress, no answers to questions, no batch, no cursor, nothing that is wrong.
 *
 * @returns undefined when it is not ordinary
 */
export function readOrdinary(body: unknown, headers: Headers): OrdinaryCall | OrdinaryList | undefined {
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
): Ordinary | undefined {
  if (!isObject(meta) || 'progressToken' in meta) return undefined;
  const modern = PROTOCOL_VERSION_META_KEY in meta;
  if (!(modern ? isModern(meta, headers, method, name) : isLegacy(meta, headers))) return undefined;
  return { id, revision: headers.get('mcp-protocol-version') ?? '', envelope: modern ? meta : undefined };
}

/** 2026-07-28: a whole envelope, and headers that say the same. */
function isModern(meta: Members, headers: Headers, method: string, name: string | null): boolean {
  return (
    meta[PROTOCOL_VERSION_META_KEY] === MODERN &&
    headers.get('mcp-protocol-version') === MODERN &&
    headers.get('mcp-method') === method &&
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

/** Whether a value is an object with no other members than these. */
function hasOnly(value: unknown, members: ReadonlySet<string>): value is Members {
  return isObject(value) && Object.keys(value).every((key) => members.has(key));
}
