import type { CallToolResult, GetPromptResult, ReadResourceResult } from '@modelcontextprotocol/client';
import type { Exchange, TraceEvent } from '#features/discovery/exchange.ts';
import type { Finding } from '#lib/checks/finding.ts';
import type { ServerView } from '../server-view.ts';

/** What the page is told about being signed in to a server: no token, no secret. */
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
};

/** How one can become a client where discovery led. */
export type SignInOffer = {
  /** The checked target, sealed for this person; to be sent back as it is. */
  sealed: string;
  issuer: string;
  resource: string;
  scopes: readonly string[];
  document: boolean;
  registration: boolean;
  /** Our own `client_id` where documents are accepted. */
  clientId: string;
};

/** A line of the answer to a run. */
export type RunEvent = TraceEvent | { type: 'done'; findings: readonly Finding[]; offer?: SignInOffer };

/** The answer to beginning a sign-in. */
export type SignInAnswer = {
  exchanges: readonly Exchange[];
  findings: readonly Finding[];
  /** Where to send the browser; missing when there are findings instead. */
  url?: string;
};

/** The answer after coming back from the authorization server. */
export type CompleteAnswer = {
  exchanges: readonly Exchange[];
  findings: readonly Finding[];
  session?: SessionSummary;
};

/** The answer to using a server one is signed in to. */
export type UseAnswer = {
  exchanges: readonly Exchange[];
  findings: readonly Finding[];
  view?: ServerView;
  result?: CallToolResult | ReadResourceResult | GetPromptResult;
  /** What the server answered instead of a result. */
  failure?: { code?: number; message: string };
  /** Missing when one is no longer signed in. */
  session?: SessionSummary;
  /** Scopes to sign in again with. */
  stepUp?: readonly string[];
};
