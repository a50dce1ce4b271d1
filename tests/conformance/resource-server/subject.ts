import { bearerChallenge } from './challenge.ts';
import { type Answer, exchange, json } from './exchange.ts';
import { firstMessage, type Message } from './message.ts';
import type { Revision } from './requirement.ts';

/** Where tokens come from. What is missing leaves tests out, and the report says which. */
export type TokenSource = {
  /** A token that the server accepts. */
  valid?: () => Promise<string>;
  /** A token of the same authorization server, for another resource or for none. */
  otherAudience?: () => Promise<string>;
  /** A token that was valid once. */
  expired?: () => Promise<string>;
  /** A token that the server accepts, with exactly these scopes. */
  withScopes?: (scopes: readonly string[]) => Promise<string>;
  /** A token with other claims, signed with the issuer's own key; a claim set to undefined is left out. */
  mint?: (changes: Record<string, unknown>) => Promise<string>;
};

/** The server under test. */
export type Subject = {
  url: string;
  tokens: TokenSource;
  /** A tool that needs more scopes than `tokens.valid` has. */
  scopedTool?: string;
};

export type Send = { token?: string; headers?: Record<string, string | string[]>; url?: string | URL };

/** Sends a message to the server under test. */
export function send(subject: Subject, { headers, body }: Message, options: Send = {}): Promise<Answer> {
  const { token, headers: more, url = subject.url } = options;
  const all: Record<string, string | string[]> = { ...headers, ...more };
  if (token !== undefined) all.authorization = `Bearer ${token}`;
  return exchange(url, { method: 'POST', headers: all, body });
}

/** The answer to a client that brings nothing. */
export const knock = (subject: Subject, revision: Revision) => send(subject, firstMessage(revision));

/** Whether the message was served, and not refused in one way or another. */
export function isServed(answer: Answer): boolean {
  const value = json(answer);
  return answer.status < 300 && typeof value === 'object' && value !== null && 'result' in value;
}

/** The well-known URL of a resource (RFC 9728 section 3.1). */
export function wellKnownUrl(resource: string): string {
  const { origin, pathname, search } = new URL(resource);
  return `${origin}/.well-known/oauth-protected-resource${pathname === '/' ? '' : pathname}${search}`;
}

/** The protected resource metadata as a client finds it, with the answer that carried it. */
export type Metadata = { answer: Answer; document: Record<string, unknown> | undefined };

async function read(url: string): Promise<Metadata> {
  const answer = await exchange(url, { headers: { accept: 'application/json' } });
  const value = json(answer);
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return { answer, document: isObject ? { ...value } : undefined };
}

/** Where the challenge says the metadata is. */
export function announcedUrl(answer: Answer): string | undefined {
  const url = bearerChallenge(answer.authenticate)?.parameters.get('resource_metadata');
  return url !== undefined && URL.canParse(url) ? url : undefined;
}

/**
 * Finds the metadata in the order that clients do: where the challenge says, at the well-known URL of the endpoint,
 * at that of its origin.
 *
 * @returns the first that is a document, else the last that was tried
 */
export async function findMetadata(subject: Subject, revision: Revision): Promise<Metadata> {
  const announced = announcedUrl(await knock(subject, revision));
  const places = [
    ...(announced === undefined ? [] : [announced]),
    wellKnownUrl(subject.url),
    wellKnownUrl(new URL(subject.url).origin),
  ];
  let last: Metadata | undefined;
  for (const place of new Set(places)) {
    last = await read(place);
    if (last.answer.status === 200 && last.document !== undefined) return last;
  }
  if (last === undefined) throw new Error('there is no place to look for metadata');
  return last;
}
