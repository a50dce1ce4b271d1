import { findAuthorizationServer } from '#features/discovery/steps/authorization-server.ts';
import { stringList } from '#features/discovery/steps/document.ts';
import { Trace } from '#features/discovery/trace.ts';
import type { Config } from '#lib/config/env.ts';
import { isLoopback } from '#lib/config/loopback.ts';
import { clientMetadataUrl, RESERVED_CLIENT_HOST, resourceUrl } from '#lib/config/urls.ts';
import { member } from '#lib/text/json.ts';
import { deletionRows, refreshRows, revocationRows } from './grant-rows.ts';
import {
  type Endpoints,
  type Loopback,
  listenForRedirects,
  ProbeError,
  registerClient,
} from './oauth-client.ts';
import type { ProbeRow } from './report.ts';
import { environmentRows, omissionRows } from './resource-rows.ts';
import { tokenRows } from './token-rows.ts';
import { type Kind, type Options, SCOPE, Walk } from './walk.ts';

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
    for (const [kind, connect] of clients)
      try {
        const client = await connect();
        await askAll(new Walk({ kind, config, server, loopback, options, rows, client, audiences }));
      } catch (error) {
        if (!(error instanceof ProbeError)) throw error;
        const question = `Did the walk as a ${kind === 'cimd' ? 'client with a metadata document' : 'registered client'} end early?`;
        rows.push({
          id: 'walk-ended',
          client: kind,
          question,
          answer: 'yes',
          detail: error.message,
          verdict: 'not asked',
        });
        options.onStep?.(`${question} yes`);
      }
    await environmentRows(config, rows, audiences);
  } finally {
    loopback.close();
  }
  return rows;
}

async function askAll(walk: Walk): Promise<void> {
  const resource = resourceUrl(walk.config);
  const first = await walk.signIn({ resource, scope: SCOPE }, 'the first sign-in');
  await tokenRows(walk, first);
  const refreshed = await refreshRows(walk, first);
  await deletionRows(walk, first, refreshed);
  await revocationRows(walk);
  await omissionRows(walk, resource);
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
