import { setTimeout as pause } from 'node:timers/promises';
import { decodeJwt } from 'jose';
import { probeMessage } from '#features/discovery/steps/messages.ts';
import type { Config } from '#lib/config/env.ts';
import { resourceUrl } from '#lib/config/urls.ts';
import type { GuardedFetch } from '#lib/guarded-fetch/guarded-fetch.ts';
import { listWorkos } from '../workos-api.ts';
import { type GrantRow, grantRow } from './grant-row.ts';
import {
  type Authorization,
  type Endpoints,
  type Loopback,
  ProbeError,
  refreshWith,
  requestJson,
  signInWith,
  type Tokens,
} from './oauth-client.ts';
import type { ProbeRow, Verdict } from './report.ts';

/** What the probe needs of the person at the terminal. */
export type Person = {
  /** Shows an authorization URL; the person signs in there. */
  open(url: string, why: string): void;
  /** Returns when the person has revoked the client on the page. */
  revoke(pageUrl: string, clientName: string): Promise<void>;
};

export type Options = {
  person: Person;
  fetch: GuardedFetch;
  /** URL of a client metadata document with a loopback redirect; by default our own. */
  clientDocument?: string | undefined;
  onStep?: (text: string) => void;
};

/** How long a change at WorkOS is waited for. */
export const PATIENCE_MS = 20_000;
export const POLL_MS = 500;
export const SCOPE = 'openid profile offline_access';

export type Kind = 'cimd' | 'dcr';
type Ask = Omit<ProbeRow, 'client' | 'detail' | 'verdict'> & { detail?: string; verdict?: Verdict };

type Parts = {
  kind: Kind;
  config: Config;
  server: Endpoints;
  loopback: Loopback;
  options: Options;
  rows: ProbeRow[];
  client: { clientId: string; redirectUri: string };
  /** Gets every `aud` that a token has. */
  audiences: Set<string>;
};

/** One client on its way through the questions. */
export class Walk {
  readonly config: Config;
  readonly server: Endpoints;
  readonly options: Options;
  readonly client: Parts['client'];
  readonly audiences: Set<string>;
  readonly #kind: Kind;
  readonly #loopback: Loopback;
  readonly #rows: ProbeRow[];

  constructor({ kind, config, server, loopback, options, rows, client, audiences }: Parts) {
    this.config = config;
    this.server = server;
    this.options = options;
    this.client = client;
    this.audiences = audiences;
    this.#kind = kind;
    this.#loopback = loopback;
    this.#rows = rows;
  }

  row({ detail = '', verdict = 'unjudged', ...rest }: Ask): void {
    this.#rows.push({ ...rest, client: this.#kind, detail, verdict });
    this.options.onStep?.(`${rest.question} ${rest.answer}`);
  }

  signIn(authorization: Authorization, why: string): Promise<Tokens> {
    const { person } = this.options;
    return signInWith(this.client, this.server, authorization, this.#loopback, (url) =>
      person.open(url, why),
    );
  }

  /** Status of the product for a token. */
  async callProduct({ accessToken }: Tokens): Promise<number> {
    const { headers, body } = probeMessage('tools/list');
    const answer = await requestJson(resourceUrl(this.config), {
      method: 'POST',
      headers: { ...headers, authorization: `Bearer ${accessToken}` },
      body,
    });
    return answer.status;
  }

  /** Waits until the product answers with a wanted status. */
  async awaitProduct(
    tokens: Tokens,
    wanted: number,
    patienceMs = PATIENCE_MS,
  ): Promise<{ status: number; seconds: number }> {
    const start = performance.now();
    for (;;) {
      const status = await this.callProduct(tokens);
      const elapsed = performance.now() - start;
      if (status === wanted || elapsed > patienceMs) return { status, seconds: Math.round(elapsed / 1000) };
      await pause(POLL_MS);
    }
  }

  accepted(aud: readonly string[]): boolean {
    return aud.some((value) => [resourceUrl(this.config), ...this.config.extraAudiences].includes(value));
  }

  verdictOf(tokens: Tokens, status: number, wanted: number): Verdict {
    const { aud } = decodeJwt(tokens.accessToken);
    // A token for another audience says nothing about revocation.
    if (!this.accepted([aud ?? []].flat())) return 'unjudged';
    return status === wanted ? 'right' : 'wrong';
  }

  async refreshOrError(refreshToken: string): Promise<Tokens | undefined> {
    try {
      return await refreshWith(this.client, this.server, refreshToken);
    } catch (error) {
      if (error instanceof ProbeError) return undefined;
      throw error;
    }
  }

  async grants(userId: string): Promise<GrantRow[]> {
    const path = `/user_management/users/${encodeURIComponent(userId)}/authorized_applications`;
    const listed = await listWorkos(this.config, path, grantRow);
    if ('rows' in listed) return listed.rows;
    throw new ProbeError(`The grants cannot be listed: ${listed.answer?.status ?? 'no answer'}.`);
  }

  ownGrant(grants: readonly GrantRow[], claims: ReturnType<typeof decodeJwt>): GrantRow | undefined {
    const ids = [this.client.clientId, claims.client_id];
    return (
      grants.find(({ application }) => ids.includes(application.client_id)) ??
      grants.find(({ application }) => application.redirect_uris.some((uri) => this.#sameRedirect(uri)))
    );
  }

  #sameRedirect(uri: string): boolean {
    const [a, b] = [URL.parse(uri), URL.parse(this.client.redirectUri)];
    return a !== null && b !== null && a.hostname === b.hostname && a.pathname === b.pathname;
  }
}
