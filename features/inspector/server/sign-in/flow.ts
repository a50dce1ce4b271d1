import type { SignInTarget } from '#features/discovery/target.ts';

export type ClientAuthMethod = 'none' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt';

/** The client that we act as at an authorization server. */
export type OAuthClient = {
  /** `document`: our client metadata document, valid at every issuer. The others belong to one issuer. */
  kind: 'document' | 'registered' | 'entered';
  clientId: string;
  clientSecret?: string;
  authMethod: ClientAuthMethod;
  /** The issuer at which this client is registered; undefined for a document. */
  issuer?: string;
};

/** How many step-ups the last operation that needed one had. */
export type StepUp = { operation: string; attempts: number };

/** A sign-in in progress, against which the callback is checked. Sealed in a cookie, never shown. */
export type Flow = {
  target: SignInTarget;
  client: OAuthClient;
  /** Scopes of the authorization request; undefined when it has no `scope`. */
  scopes: readonly string[] | undefined;
  state: string;
  codeVerifier: string;
  redirectUri: string;
  stepUp?: StepUp;
};

export type Tokens = {
  accessToken: string;
  refreshToken?: string;
  /** Milliseconds since the epoch. */
  expiresAt?: number;
  /** Granted scopes, when the response contains them. */
  scopes?: readonly string[];
};

/** A session at a server. Sealed in a cookie, never shown. */
export type Session = {
  target: SignInTarget;
  client: OAuthClient;
  /** All scopes requested so far. */
  requested: readonly string[];
  tokens: Tokens;
  stepUp?: StepUp;
};

/** A sign-in that a refused request needs. Sealed, so that the page can only send it back. */
export type StepUpOffer = { serverUrl: string; operation: string; scopes: readonly string[] };
