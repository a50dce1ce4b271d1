import type { ReadResourceResult, Tool } from '@modelcontextprotocol/client';
import { isObject, member } from '#lib/text/json.ts';

/** MCP Apps 2026-01-26, "UI Resource Format". */
const VIEW_MIME_TYPE = 'text/html;profile=mcp-app';

/** Serves the empty document that a view is written into. */
export const VIEW_FRAME_PATH = '/inspector/view-frame';

/** What the inspector can do as a host of MCP Apps, in the capabilities of its client. */
export const VIEW_CAPABILITY = {
  extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: [VIEW_MIME_TYPE] } },
};

const MAX_HTML_CHARACTERS = 1024 * 1024;
const MAX_ORIGINS = 20;
/** An origin on the web, or all below a domain. Nothing in it ends a directive of a Content Security Policy. */
const ORIGIN =
  /^(?:https|wss):\/\/(?:\*\.)?(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.){1,8}[a-z]{2,63}(?::\d{1,5})?$/i;

/** Origins that a view declares: for its requests, and for its scripts, styles, images and fonts. */
export type ViewOrigins = { connect: readonly string[]; resource: readonly string[] };

export type View = { html: string; origins: ViewOrigins };

/** The `ui://` resource that shows the results of a tool: today's member, and the one before 2026. */
export function viewUri({ _meta }: Pick<Tool, '_meta'>): string | undefined {
  const uri = member(member(_meta, 'ui'), 'resourceUri') ?? member(_meta, 'ui/resourceUri');
  return typeof uri === 'string' && uri.startsWith('ui://') ? uri : undefined;
}

/** Whether a view may call a tool of its server. */
export function callableByView({ _meta }: Pick<Tool, '_meta'>): boolean {
  const visibility = member(member(_meta, 'ui'), 'visibility');
  return !Array.isArray(visibility) || visibility.includes('app');
}

/** The view in the contents of its resource, or why it cannot be shown. */
export function readView({ contents }: ReadResourceResult): View | { refused: string } {
  const [content] = contents;
  if (content === undefined) return { refused: 'The resource has no contents.' };
  if (content.mimeType?.replaceAll(/[\s"]/g, '').toLowerCase() !== VIEW_MIME_TYPE)
    return { refused: `Its mimeType is ${content.mimeType ?? 'missing'}, not ${VIEW_MIME_TYPE}.` };
  const html = 'text' in content ? content.text : decoded(content.blob);
  if (html === undefined) return { refused: 'Its blob is not base64 of UTF-8 text.' };
  if (html.length > MAX_HTML_CHARACTERS) return { refused: 'It is larger than 1 MiB.' };
  const csp = member(member(content._meta, 'ui'), 'csp');
  return {
    html,
    origins: {
      connect: acceptedOrigins(member(csp, 'connectDomains')),
      resource: acceptedOrigins(member(csp, 'resourceDomains')),
    },
  };
}

/** The origins that may be opened to a view, of a list from a server or a URL. */
export function acceptedOrigins(list: unknown): string[] {
  if (!Array.isArray(list)) return [];
  return list.filter((origin) => typeof origin === 'string' && ORIGIN.test(origin)).slice(0, MAX_ORIGINS);
}

function decoded(blob: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(blob), (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A message of JSON-RPC 2.0. */
export type ViewMessage = {
  jsonrpc: '2.0';
  id?: string | number;
  method?: string;
  params?: Record<string, unknown>;
  result?: unknown;
  error?: { code: number; message: string };
};

const MAX_MESSAGE_CHARACTERS = 512 * 1024;

/** A message from the window of a view; undefined when it is none, or too large. */
export function asMessage(data: unknown): ViewMessage | undefined {
  if (!isObject(data) || data.jsonrpc !== '2.0') return undefined;
  try {
    const text = JSON.stringify(data);
    return text.length > MAX_MESSAGE_CHARACTERS ? undefined : (JSON.parse(text) as ViewMessage);
  } catch {
    return undefined;
  }
}
