import { setTimeout as pause } from 'node:timers/promises';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { findAuthorizationServer } from '#features/discovery/steps/authorization-server.ts';
import { stringList } from '#features/discovery/steps/document.ts';
import { probeMessage } from '#features/discovery/steps/messages.ts';
import { Trace } from '#features/discovery/trace.ts';
import type { Config } from '#lib/config/env.ts';
import { isLoopback } from '#lib/config/loopback.ts';
import { clientMetadataUrl, RESERVED_CLIENT_HOST, resourceUrl } from '#lib/config/urls.ts';
import type { GuardedFetch } from '#lib/guarded-fetch/guarded-fetch.ts';
import { member } from '#lib/text/json.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { askWorkos, listWorkos, RESOURCES_PATH, resourceRow } from '../workos-api.ts';
import { type GrantRow, grantRow } from './grant-row.ts';
import {
  type Authorization,
  type Endpoints,
  type Loopback,
  listenForRedirects,
  ProbeError,
  refreshWith,
  registerClient,
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

type Options = {
  person: Person;
  fetch: GuardedFetch;
  /** URL of a client metadata document with a loopback redirect; by default our own. */
  clientDocument?: string | undefined;
  onStep?: (text: string) => void;
};

/** How long a change at WorkOS is waited for. */
const PATIENCE_MS = 20_000;
/** How long a revocation is waited for: it holds on all instances within a second. */
const REVOCATION_MS = 5_000;
const POLL_MS = 500;
const SCOPE = 'openid profile offline_access';

type Kind = 'cimd' | 'dcr';
type Ask = Omit<ProbeRow, 'client' | 'detail' | 'verdict'> & { detail?: string; verdict?: Verdict };

/**
 * Walks a person through what no document of WorkOS answers, as a client with a metadata document and as one that
 * registers itself. Every question gets a row; a step that fails ends only the questions that need it.
 */
export async function probe(config: Config, options: Options): Promise<ProbeRow[]> {
  const rows: ProbeRow[] = [];
  const loopback = await listenForRedirects();
  const audiences = new Set<string>();
  try {
    const server = await authorizationServer(config, options, rows);
    if (server === undefined) return rows;
    const clients: [Kind, () => Promise<{ clientId: string; redirectUri: string }>][] = [
      ['cimd', () => documentClient(config, options, loopback, server.acceptsDocuments)],
      [
        'dcr',
        () => {
          if (server.registrationEndpoint === undefined)
            throw new ProbeError('Dynamic Client Registration is off in WorkOS, Connect, Configuration.');
          return registerClient(server.registrationEndpoint, `http://127.0.0.1:${loopback.port}/callback`);
        },
      ],
    ];
    for (const [kind, connect] of clients) {
      const walk = new Walk(kind, config, server, loopback, options, rows, audiences);
      try {
        await walk.run(await connect());
      } catch (error) {
        if (!(error instanceof ProbeError)) throw error;
        walk.row({
          id: 'walk-ended',
          question: `Did the walk as a ${kind === 'cimd' ? 'client with a metadata document' : 'registered client'} end early?`,
          answer: 'yes',
          detail: error.message,
          verdict: 'not asked',
        });
      }
    }
    await environmentRows(config, rows, audiences);
  } finally {
    loopback.close();
  }
  return rows;
}

type Server = Endpoints & { registrationEndpoint: string | undefined; acceptsDocuments: boolean };

async function authorizationServer(
  config: Config,
  { fetch }: Options,
  rows: ProbeRow[],
): Promise<Server | undefined> {
  const trace = new Trace({ fetch, allowLoopback: config.loopback });
  const { facts } = await findAuthorizationServer(trace, config.authkitDomain, {
    origin: config.appUrl,
    assumeDefaultEndpoints: false,
  });
  if (facts?.authorizationEndpoint === undefined || facts.tokenEndpoint === undefined) {
    rows.push({
      id: 'metadata',
      question: 'Is there authorization server metadata?',
      answer: 'no',
      detail: `Nothing usable at ${config.authkitDomain}: run npm run doctor first.`,
      verdict: 'not asked',
    });
    return undefined;
  }
  const fact = (id: string, question: string, yes: boolean) =>
    rows.push({ id, question, answer: yes ? 'yes' : 'no', detail: '', verdict: 'unjudged' });
  fact('cimd-advertised', 'Are client metadata documents accepted?', facts.acceptsClientDocuments);
  fact('registration-advertised', 'Is registration open?', facts.registrationEndpoint !== undefined);
  fact('iss-in-response', 'Does the authorization response have iss?', facts.sendsIssuer);
  fact('private-key-jwt', 'Is private_key_jwt offered?', facts.authMethods.includes('private_key_jwt'));
  return {
    authorizationEndpoint: facts.authorizationEndpoint,
    tokenEndpoint: facts.tokenEndpoint,
    registrationEndpoint: facts.registrationEndpoint,
    acceptsDocuments: facts.acceptsClientDocuments,
  };
}

/** The client with a metadata document. A redirect to this computer must be among its redirect URIs. */
async function documentClient(
  config: Config,
  { clientDocument, fetch }: Options,
  loopback: Loopback,
  accepted: boolean,
) {
  const clientId = clientDocument ?? clientMetadataUrl(config);
  if (!accepted)
    throw new ProbeError('Client ID Metadata Document is off in WorkOS, Connect, Configuration.');
  const url = new URL(clientId);
  const own = config.loopback && url.hostname === RESERVED_CLIENT_HOST;
  const trace = new Trace({ fetch, allowLoopback: config.loopback });
  const { response } = await trace.send({
    step: 'client-document',
    title: 'Client metadata document',
    to: 'client-document',
    url: own ? `${config.appUrl}${url.pathname}` : clientId,
  });
  let document: unknown;
  try {
    document = response?.json();
  } catch {
    document = undefined;
  }
  const redirect = (stringList(member(document, 'redirect_uris')) ?? []).find(
    (uri) => URL.canParse(uri) && uri.startsWith('http:') && isLoopback(new URL(uri)),
  );
  if (redirect === undefined)
    throw new ProbeError(
      `${clientId} has no redirect to a program on this computer. A deployed app's own document has none: put one with the redirect URI http://localhost/callback at a public https URL (client_id must be that URL) and pass --client-id <url>.`,
    );
  // A loopback redirect matches on any port (RFC 8252 section 7.3).
  const redirectUri = new URL(redirect);
  redirectUri.port = String(loopback.port);
  return { clientId, redirectUri: redirectUri.href };
}

/** One client's questions. */
class Walk {
  readonly #kind: Kind;
  readonly #config: Config;
  readonly #server: Server;
  readonly #loopback: Loopback;
  readonly #options: Options;
  readonly #rows: ProbeRow[];
  readonly #audiences: Set<string>;
  #client = { clientId: '', redirectUri: '' };

  constructor(
    kind: Kind,
    config: Config,
    server: Server,
    loopback: Loopback,
    options: Options,
    rows: ProbeRow[],
    audiences: Set<string>,
  ) {
    this.#kind = kind;
    this.#audiences = audiences;
    this.#config = config;
    this.#server = server;
    this.#loopback = loopback;
    this.#options = options;
    this.#rows = rows;
  }

  row({ detail = '', verdict = 'unjudged', ...rest }: Ask): void {
    this.#rows.push({ ...rest, client: this.#kind, detail, verdict });
    this.#options.onStep?.(`${rest.question} ${rest.answer}`);
  }

  async run(client: { clientId: string; redirectUri: string }): Promise<void> {
    this.#client = client;
    const resource = resourceUrl(this.#config);
    const first = await this.#signIn({ resource, scope: SCOPE }, 'the first sign-in');
    await this.#tokenRows(first);
    const refreshed = await this.#refreshRows(first);
    await this.#deletionRows(first, refreshed);
    await this.#revocationRows();
    await this.#omissionRows(resource);
  }

  #signIn(authorization: Authorization, why: string): Promise<Tokens> {
    const { person } = this.#options;
    return signInWith(this.#client, this.#server, authorization, this.#loopback, (url) =>
      person.open(url, why),
    );
  }

  /** Status of the product for a token. */
  async #callProduct({ accessToken }: Tokens): Promise<number> {
    const { headers, body } = probeMessage('tools/list');
    const answer = await requestJson(resourceUrl(this.#config), {
      method: 'POST',
      headers: { ...headers, authorization: `Bearer ${accessToken}` },
      body,
    });
    return answer.status;
  }

  /** Waits until the product answers with a wanted status. */
  async #awaitProduct(
    tokens: Tokens,
    wanted: number,
    patienceMs = PATIENCE_MS,
  ): Promise<{ status: number; seconds: number }> {
    const start = performance.now();
    for (;;) {
      const status = await this.#callProduct(tokens);
      const elapsed = performance.now() - start;
      if (status === wanted || elapsed > patienceMs) return { status, seconds: Math.round(elapsed / 1000) };
      await pause(POLL_MS);
    }
  }

  async #tokenRows(tokens: Tokens): Promise<void> {
    const claims = decodeJwt(tokens.accessToken);
    const { typ } = decodeProtectedHeader(tokens.accessToken);
    const status = await this.#callProduct(tokens);
    const aud = [claims.aud ?? []].flat().map(String);
    for (const value of aud) this.#audiences.add(value);
    this.row({
      id: 'audience',
      question: 'Is aud the resource that was requested?',
      answer: aud.includes(resourceUrl(this.#config)) ? 'yes' : 'no',
      detail: `aud is ${sanitize(aud.join(', '), 160)}. The product answers ${status}.`,
      // A token for something else must not get in.
      verdict: this.#accepted(aud) === (status === 200) ? 'right' : 'wrong',
    });
    this.row({
      id: 'token-client-id',
      question: 'What is client_id in the token?',
      answer:
        claims.client_id === this.#client.clientId
          ? 'the client id'
          : claims.client_id
            ? 'another id'
            : 'absent',
      detail: `${sanitize(String(claims.client_id ?? 'absent'), 160)}.`,
    });
    const lifetime = (claims.exp ?? 0) - (claims.iat ?? 0);
    this.row({
      id: 'token-form',
      question: 'How does the token differ from the documented one?',
      answer: [
        `typ ${typ ?? 'none'}`,
        `${lifetime} s`,
        ...(typeof claims.scope === 'string' ? [] : ['no scope']),
        ...(claims.permissions === undefined ? [] : ['permissions']),
        ...(claims.org_id === undefined ? [] : ['org_id']),
        ...(Number.isInteger(claims.iat) ? [] : ['fractional iat']),
      ].join(', '),
      detail: `Claims: ${Object.keys(claims)
        .map((name) => sanitize(name, 40))
        .join(', ')}.`,
    });
    const ahead = Math.round((claims.iat ?? 0) - Date.now() / 1000);
    this.row({
      id: 'issuer-clock',
      question: 'Is the clock of the issuer ahead of this one?',
      answer: ahead > 1 ? `${ahead} s` : 'no',
      verdict: this.#accepted(aud) ? (status === 200 ? 'right' : 'wrong') : 'unjudged',
    });
    this.row({
      id: 'token-endpoint-cors',
      question: 'May a browser of any origin read the token response?',
      answer: tokens.readableByBrowsers ? 'yes' : 'no',
    });
    await this.#grantRows(claims);
  }

  #accepted(aud: readonly string[]): boolean {
    return aud.some((value) => [resourceUrl(this.#config), ...this.#config.extraAudiences].includes(value));
  }

  async #grants(userId: string): Promise<GrantRow[]> {
    const path = `/user_management/users/${encodeURIComponent(userId)}/authorized_applications`;
    const listed = await listWorkos(this.#config, path, grantRow);
    if ('rows' in listed) return listed.rows;
    throw new ProbeError(`The grants cannot be listed: ${listed.answer?.status ?? 'no answer'}.`);
  }

  /** The grant of this client: by its client id, else the one that was not there before. */
  async #grantRows(claims: ReturnType<typeof decodeJwt>): Promise<void> {
    const start = performance.now();
    let grants = await this.#grants(String(claims.sub));
    while (grants.length === 0 && performance.now() - start < PATIENCE_MS) {
      await pause(POLL_MS);
      grants = await this.#grants(String(claims.sub));
    }
    const own = this.#ownGrant(grants, claims);
    const { clientId } = this.#client;
    this.row({
      id: 'grant-client-id',
      question: 'Is client_id in the list of grants that of the token?',
      answer: own === undefined ? 'not listed' : own.application.client_id === clientId ? 'yes' : 'no',
      detail: own ? `Listed as ${sanitize(own.application.client_id, 160)}.` : '',
    });
    this.row({
      id: 'application-id',
      question: 'With what do application ids begin?',
      answer: own?.application.id.replace(/_[^_]*$/, '_') ?? 'not listed',
    });
    this.row({
      id: 'grant-resource',
      question: 'Does a grant name its resource?',
      answer: own === undefined ? 'not listed' : own.oauth_resource ? 'yes' : 'no',
    });
  }

  #ownGrant(grants: readonly GrantRow[], claims: ReturnType<typeof decodeJwt>): GrantRow | undefined {
    const ids = [this.#client.clientId, claims.client_id];
    return (
      grants.find(({ application }) => ids.includes(application.client_id)) ??
      grants.find(({ application }) => application.redirect_uris.some((uri) => this.#sameRedirect(uri)))
    );
  }

  #sameRedirect(uri: string): boolean {
    const [a, b] = [URL.parse(uri), URL.parse(this.#client.redirectUri)];
    return a !== null && b !== null && a.hostname === b.hostname && a.pathname === b.pathname;
  }

  async #refreshRows(tokens: Tokens): Promise<Tokens | undefined> {
    if (tokens.refreshToken === undefined) {
      this.row({ id: 'refresh', question: 'Is there a refresh token with offline_access?', answer: 'no' });
      return undefined;
    }
    const refreshed = await refreshWith(this.#client, this.#server, tokens.refreshToken);
    const [before, after] = [decodeJwt(tokens.accessToken), decodeJwt(refreshed.accessToken)];
    const status = await this.#callProduct(refreshed);
    const accepted = this.#accepted([after.aud ?? []].flat());
    this.row({
      id: 'refresh',
      question: 'Is there a refresh token with offline_access?',
      answer: 'yes',
      detail: `The product answers ${status} to the refreshed token.`,
      verdict: (status === 200) === accepted ? 'right' : 'wrong',
    });
    this.row({
      id: 'refresh-sid',
      question: 'Does sid stay the same when a token is refreshed?',
      answer: before.sid === after.sid ? 'yes' : 'no',
    });
    return refreshed;
  }

  /** Deletes the grant at WorkOS, as an administrator may. */
  async #deletionRows(first: Tokens, refreshed: Tokens | undefined): Promise<void> {
    const claims = decodeJwt(first.accessToken);
    const user = String(claims.sub);
    const own = this.#ownGrant(await this.#grants(user), claims);
    if (own === undefined) {
      this.row({
        id: 'delete',
        question: 'Can the grant be deleted?',
        answer: 'not listed',
        verdict: 'not asked',
      });
      return;
    }
    const path = `/user_management/users/${encodeURIComponent(user)}/authorized_applications/${encodeURIComponent(own.application.id)}`;
    const answer = await askWorkos(this.#config, path, { method: 'DELETE' });
    this.row({
      id: 'delete',
      question: 'Can the grant be deleted?',
      answer:
        answer?.status === 204 || answer?.status === 200 ? 'yes' : `no, ${answer?.status ?? 'no answer'}`,
    });
    const still = this.#ownGrant(await this.#grants(user), claims);
    this.row({
      id: 'delete-listed',
      question: 'Is a deleted grant still listed just after?',
      answer: still?.id === own.id ? 'yes' : 'no',
    });
    if (refreshed?.refreshToken !== undefined)
      this.row({
        id: 'delete-ends-refresh',
        question: 'Does deleting a grant end its refresh token?',
        answer: (await this.#refreshOrError(refreshed.refreshToken)) === undefined ? 'yes' : 'no',
      });
    const again = await this.#signIn({ resource: resourceUrl(this.#config), scope: SCOPE }, 'consent again');
    const { sid } = decodeJwt(again.accessToken);
    const { status } = await this.#awaitProduct(again, 200);
    this.row({
      id: 'reconsent-sid',
      question: 'Is sid new when a person consents again?',
      answer: sid === claims.sid ? 'no' : 'yes',
      detail: `The product answers ${status} to the token of the new consent.`,
      verdict: this.#verdictOf(again, status, 200),
    });
  }

  #verdictOf(tokens: Tokens, status: number, wanted: number): Verdict {
    const { aud } = decodeJwt(tokens.accessToken);
    // A token for another audience says nothing about revocation.
    if (!this.#accepted([aud ?? []].flat())) return 'unjudged';
    return status === wanted ? 'right' : 'wrong';
  }

  async #refreshOrError(refreshToken: string): Promise<Tokens | undefined> {
    try {
      return await refreshWith(this.#client, this.#server, refreshToken);
    } catch (error) {
      if (error instanceof ProbeError) return undefined;
      throw error;
    }
  }

  /** The person revokes the client on the page: it must hold, and a new consent must end it. */
  async #revocationRows(): Promise<void> {
    const authorization = { resource: resourceUrl(this.#config), scope: SCOPE };
    const tokens = await this.#signIn(authorization, 'a sign-in that you revoke next');
    await this.#awaitProduct(tokens, 200);
    await this.#options.person.revoke(`${this.#config.appUrl}/clients`, this.#client.clientId);
    const old = await this.#awaitProduct(tokens, 401, REVOCATION_MS);
    this.row({
      id: 'revoked-token',
      question: 'Is a token refused after its client was revoked on the page?',
      answer: old.status === 401 ? 'yes' : `no, ${old.status}`,
      verdict: this.#verdictOf(tokens, old.status, 401),
    });
    const survivor =
      tokens.refreshToken === undefined ? undefined : await this.#refreshOrError(tokens.refreshToken);
    const status = survivor && (await this.#callProduct(survivor));
    this.row({
      id: 'revoked-refresh',
      question: 'Does a refresh token survive the revocation on the page?',
      answer: survivor === undefined ? 'no' : 'yes',
      detail: survivor === undefined ? '' : `The product answers ${status} to its token.`,
      verdict: status === undefined ? 'right' : status === 401 ? 'right' : 'wrong',
    });
    const { tokens: again, ...back } = await this.#untilIn(
      await this.#signIn(authorization, 'consent again after the revocation'),
    );
    this.row({
      id: 'revoked-reconsent',
      question: 'Does a client get in again after a new consent?',
      answer: back.status === 200 ? 'yes' : `no, ${back.status}`,
      detail: `After ${back.seconds} s.`,
      verdict: this.#verdictOf(again, back.status, 200),
    });
    if (again.refreshToken === undefined) return;
    await this.#refreshOrError(again.refreshToken);
    this.row({
      id: 'refresh-reuse',
      question: 'Does a refresh token work a second time just after?',
      answer: (await this.#refreshOrError(again.refreshToken)) === undefined ? 'no' : 'yes',
    });
  }

  /** Calls as a client does: a refused token is refreshed, and the call repeated. */
  async #untilIn(first: Tokens): Promise<{ tokens: Tokens; status: number; seconds: number }> {
    const start = performance.now();
    let tokens = first;
    for (;;) {
      const status = await this.#callProduct(tokens);
      const elapsed = performance.now() - start;
      if (status === 200 || elapsed > PATIENCE_MS)
        return { tokens, status, seconds: Math.round(elapsed / 1000) };
      await pause(POLL_MS);
      const refreshed = tokens.refreshToken && (await this.#refreshOrError(tokens.refreshToken));
      tokens = refreshed || tokens;
    }
  }

  async #omissionRows(resource: string): Promise<void> {
    const audienceOf = ({ accessToken }: Tokens) => [decodeJwt(accessToken).aud ?? []].flat().map(String);
    const meaning = (aud: readonly string[]) =>
      aud.includes(resource)
        ? 'this server'
        : aud.includes(this.#config.workos.clientId)
          ? 'the environment'
          : aud.includes(this.#client.clientId)
            ? 'the client'
            : 'another';
    const ask = async (id: string, question: string, authorization: Authorization, why: string) => {
      const tokens = await this.#signIn(authorization, why).catch((error: unknown) => {
        if (error instanceof ProbeError) return error.message;
        throw error;
      });
      if (typeof tokens === 'string') return this.row({ id, question, answer: 'an error', detail: tokens });
      const aud = audienceOf(tokens);
      const status = await this.#callProduct(tokens);
      this.row({
        id,
        question,
        answer: meaning(aud),
        detail: `aud is ${sanitize(aud.join(', '), 160)}. The product answers ${status}.`,
        verdict: this.#accepted(aud) === (status === 200) ? 'right' : 'wrong',
      });
    };
    await ask(
      'resource-omitted',
      'For whom is a token without resource?',
      { scope: SCOPE },
      'a sign-in without resource',
    );
    await ask(
      'resource-unregistered',
      'For whom is a token for a resource that is not registered?',
      { scope: SCOPE, resource: `${resource}/not-registered` },
      'a sign-in for a resource that is not registered',
    );
    const tokens = await this.#signIn({ resource }, 'a sign-in without scope');
    const scope = decodeJwt(tokens.accessToken).scope ?? tokens.scope;
    const status = await this.#callProduct(tokens);
    this.row({
      id: 'scope-omitted',
      question: 'Is there a refresh token when scope is omitted?',
      answer: tokens.refreshToken === undefined ? 'no' : 'yes',
      detail: `Granted: ${sanitize(String(scope ?? 'not said'), 160)}. The product answers ${status}.`,
      verdict: this.#verdictOf(tokens, status, 200),
    });
  }
}

/** What the API key shows of the environment. */
async function environmentRows(
  config: Config,
  rows: ProbeRow[],
  audiences: ReadonlySet<string>,
): Promise<void> {
  const uri = resourceUrl(config);
  const template = await askWorkos(config, '/user_management/jwt_template');
  const content = template?.status === 200 ? template.body?.content : undefined;
  const setsAudience = typeof content === 'string' && /["']aud["']\s*:/.test(content);
  rows.push({
    id: 'template-audience',
    question: 'Does aud of the JWT template replace the resource?',
    answer: !setsAudience ? 'not set' : audiences.has(uri) ? 'no' : 'yes',
    detail: setsAudience
      ? ''
      : `No template with aud was read (status ${template?.status ?? 'none'}). To find out, set aud in the template and run this again.`,
    verdict: setsAudience ? 'unjudged' : 'not asked',
  });
  const listed = await listWorkos(config, RESOURCES_PATH, resourceRow);
  const own = 'rows' in listed ? listed.rows.find((row) => row.uri === uri) : undefined;
  rows.push({
    id: 'indicator',
    question: 'Is the resource indicator registered?',
    answer:
      'answer' in listed
        ? `not shown, ${listed.answer?.status}`
        : own
          ? own.default
            ? 'default'
            : 'yes'
          : 'no',
    detail: '',
    verdict: 'unjudged',
  });
  if (own === undefined) return;
  const duplicate = await askWorkos(config, RESOURCES_PATH, { method: 'POST', body: { uri } });
  rows.push({
    id: 'indicator-duplicate',
    question: 'What does a second registration of the indicator answer?',
    answer: String(duplicate?.status ?? 'nothing'),
    detail: '',
    verdict: 'unjudged',
  });
}
