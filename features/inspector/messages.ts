import { z } from 'zod';
import type { Exchange, TraceEvent } from '#features/discovery/exchange.ts';
import type { Finding } from '#lib/checks/finding.ts';
import type { MutationRefusal } from '#lib/session/authorize-mutation.ts';
import type { TokenView } from './token-view.ts';

const offer = z.string().max(16_384);

/** Starts discovery for a URL. */
export const runRequest = z.object({ url: z.string().min(1).max(2048) });
export type RunRequest = z.infer<typeof runRequest>;

/** Begins a sign-in: as one of three kinds of client, or again with the scopes of a refused call. */
export const signInRequest = z.discriminatedUnion('as', [
  z.object({ as: z.literal('document'), offer }),
  z.object({ as: z.literal('registered'), offer }),
  z.object({
    as: z.literal('entered'),
    offer,
    clientId: z.string().trim().min(1).max(1024),
    clientSecret: z.string().max(512).optional(),
  }),
  z.object({ as: z.literal('step-up'), offer }),
]);
export type SignInRequest = z.infer<typeof signInRequest>;

/** Names a session of the inspector by the URL of its server. */
export const serverRequest = z.object({ server: z.string().min(1).max(2048) });
export type ServerRequest = z.infer<typeof serverRequest>;

/** What the page may know about the inspector's session at a server: no token, no secret. */
export type SessionSummary = {
  serverUrl: string;
  resource: string;
  issuer: string;
  clientId: string;
  clientKind: 'document' | 'registered' | 'entered';
  scopes: readonly string[];
  /** Milliseconds since the epoch. */
  expiresAt?: number;
  canRefresh: boolean;
  /** What the access token says. */
  token: TokenView;
};

/** How to become a client of the authorization server that discovery found. */
export type SignInOffer = {
  /** The checked target, sealed for this user; the page sends it back unchanged. */
  sealed: string;
  issuer: string;
  resource: string;
  scopes: readonly string[];
  document: boolean;
  registration: boolean;
  /** Our own `client_id`, the URL of our client metadata document. */
  clientId: string;
};

/** One line of the response to a run. */
export type RunEvent =
  | TraceEvent
  | { type: 'done'; findings: readonly Finding[]; offer?: SignInOffer; open: boolean };

/** The request was refused before it began. */
export type Refusal = { refused: MutationRefusal | 'invalid_request' | 'too_many_requests' };

type Answer = { exchanges: readonly Exchange[]; findings: readonly Finding[] };

/** Begins a sign-in. `url` is where to send the browser; absent when a finding says why not. */
export type SignInAnswer = Answer & { url?: string };

/** Completes a sign-in after the callback. `session` is absent when a finding says why not. */
export type CompleteAnswer = Answer & { session?: SessionSummary };

/** The outcome of a refresh of the tokens. `session` is absent when it has ended. */
export type RefreshAnswer = Answer & { session?: SessionSummary | undefined };
