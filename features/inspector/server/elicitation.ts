import {
  type ElicitRequestParams,
  type InputRequiredResult,
  ProtocolErrorCode,
} from '@modelcontextprotocol/client';
import { isObject } from '#lib/text/json.ts';
import type { CallOutcome, Elicitation } from '../call-messages.ts';
import type { Place } from './connection.ts';
import type { InspectorContext } from './context.ts';
import type { McpOutcome } from './mcp-session.ts';
import { seal, unseal } from './seal.ts';

/** How long a person may take to answer a question of a server. */
const REPLY_LIFETIME_SECONDS = 1_800;

/** Where an answer of the person belongs. Sealed: an answer goes only where the question came from. */
type Reply = Place & { serverUrl: string; requestId: string | number };

export const sealReply = (context: InspectorContext, reply: Reply): Promise<string> =>
  seal(context, reply, { kind: 'reply', lifetimeSeconds: REPLY_LIFETIME_SECONDS });

export const openReply = (context: InspectorContext, sealed: string): Promise<Reply | undefined> =>
  unseal<Reply>(context, sealed, 'reply');

/** What a server of 2026-07-28 needs before it can answer. Only a question to the person can be answered here. */
export function inputAsked({
  inputRequests = {},
  requestState,
}: InputRequiredResult): Pick<CallOutcome, 'input' | 'failure'> {
  const asked = Object.entries(inputRequests);
  const other = asked.find(([, { method }]) => method !== 'elicitation/create')?.[1];
  if (other)
    return { failure: { message: `The server asks for ${other.method}, which a person cannot answer.` } };
  const requests = Object.fromEntries(
    asked.map(([name, { params }]) => [name, elicitationOf(params as ElicitRequestParams)]),
  );
  return { input: { requests, requestState } };
}

/** A question of a server as the page shows it. */
export function elicitationOf(params: ElicitRequestParams): Elicitation {
  return params.mode === 'url'
    ? { mode: 'url', message: params.message, url: params.url }
    : { mode: 'form', message: params.message, requestedSchema: params.requestedSchema };
}

/** What the error of 2025-11-25 asks the person to open (-32042): the request is then sent again. */
export function urlsAsked({ code, data }: NonNullable<McpOutcome<unknown>['failure']>): CallOutcome['input'] {
  if (code !== ProtocolErrorCode.UrlElicitationRequired || !isObject(data)) return undefined;
  const list = Array.isArray(data.elicitations) ? data.elicitations.filter(isObject).slice(0, 10) : [];
  const requests = list.map(({ message, url }, index) => [
    `url${index + 1}`,
    { mode: 'url', message: String(message), url: String(url) } satisfies Elicitation,
  ]);
  return requests.length === 0 ? undefined : { requests: Object.fromEntries(requests) };
}
