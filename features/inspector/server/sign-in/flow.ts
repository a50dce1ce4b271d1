import type { SignInTarget } from '#features/discovery/target.ts';

export type ClientAuthMethod = 'none' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt';

/** The client we are at an authorization server. */
export type OAuthClient = {
  /** `document`: our client metadata document, the same everywhere. The others belong to one issuer. */
  kind: 'document' | 'registered' | 'entered';
  clientId: string;
  clientSecret?: string;
  authMethod: ClientAuthMethod;
  /** The issuer that knows this client; undefined for a document. */
  issuer?: string;
};

/** How often more scopes were asked for, for the operation that asked last. */
export type StepUp = { operation: string; attempts: number };

/** A sign-in that was begun: what the callback is checked against. Sealed in a cookie, never shown. */
export type Flow = {
  target: SignInTarget;
  client: OAuthClient;
  /** Scopes of the authorization request; undefined when none were named. */
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
  /** Granted scopes, when the response named them. */
  scopes?: readonly string[];
};

/** Being signed in to a server. Sealed in a cookie, never shown. */
export type Session = {
  target: SignInTarget;
  client: OAuthClient;
  /** Everything asked for so far. */
  requested: readonly string[];
  tokens: Tokens;
  stepUp?: StepUp;
  /** Scopes that the last refused operation needs. */
  needed?: { operation: string; scopes: readonly string[] };
};
