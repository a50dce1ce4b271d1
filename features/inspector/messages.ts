import { z } from 'zod';
import type { Exchange, TraceEvent } from '#features/discovery/exchange.ts';
import {
  REGISTRATIONS,
  REVISIONS,
  type RegistrationChoice,
  type Revision,
} from '#features/discovery/revision.ts';
import type { Finding } from '#lib/checks/finding.ts';
import type { MutationRefusal } from '#lib/session/authorize-mutation.ts';
import type { TokenView } from './token-view.ts';

const offer = z.string().max(16_384);

/** Starts discovery for a URL, as entered, as a client of this revision and kind. */
export const runRequest = z.object({
  url: z.string().min(1).max(2048),
  revision: z.enum([...REVISIONS, 'auto']).default('auto'),
  registration: z.enum([...REGISTRATIONS, 'auto']).default('auto'),
});
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
  /** The registration that the user chose before the run. */
  preferred: RegistrationChoice;
  /** Titles of the findings for which a strict client does not sign in. */
  refusedFor: readonly string[];
};

/** One line of the response to a run. */
export type RunEvent = TraceEvent | RunResult;

/** The result of discovery. */
export type RunResult = {
  type: 'done';
  /** The examined URL, without credentials in its query. */
  shownUrl: string;
  /** The revision whose rules apply. */
  revision: Revision;
  findings: readonly Finding[];
  /** Id of the exchange after which a strict client stops. */
  stoppedAt?: string | undefined;
  /** The URL of the MCP server, when it is another one. */
  betterUrl?: string | undefined;
  offer?: SignInOffer | undefined;
  /** Whether the server answered without authorization. */
  open: boolean;
};

/** The request was refused before it began. */
export type Refusal = { refused: MutationRefusal | 'invalid_request' | 'too_many_requests' };

type Answer = { exchanges: readonly Exchange[]; findings: readonly Finding[] };

/** Begins a sign-in. `url` is where to send the browser; absent when a finding says why not. */
export type SignInAnswer = Answer & { url?: string };

/** Completes a sign-in after the callback. `session` is absent when a finding says why not. */
export type CompleteAnswer = Answer & { session?: SessionSummary };

/** The outcome of a refresh of the tokens. `session` is absent when it has ended. */
export type RefreshAnswer = Answer & { session?: SessionSummary | undefined };
