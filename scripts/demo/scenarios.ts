import { exchangeAuthorization, startAuthorization } from '@modelcontextprotocol/client';
import { signIn } from '#dev/authkit/driver.ts';
import { clientRedirectUris } from '#lib/config/urls.ts';
import { ScriptedClient, type ScriptedClientOptions } from './client.ts';
import { narrateBrowser, narratedFetch } from './exchanges.ts';
import { Narrator } from './reporter.ts';

type Structured = Record<string, unknown>;
type Stage = { narrator: Narrator; url: string; authkit: string };

/**
 * Plays the whole story against a running app and local AuthKit.
 *
 * @throws {Error} at the first step that is not what it should be
 */
export async function demonstrate(url: string, authkit: string): Promise<void> {
  const stage: Stage = { narrator: new Narrator(url), url, authkit };
  stage.narrator.note(`The client is given one thing: ${url}`);
  const ben = await byMetadataDocument(stage);
  await moreScopes(stage, ben);
  await byRegistration(stage);
  await of2025(stage);
  await wrongAudience(stage);
  await revoked(stage);
  await ben.close();
}

function connect(
  { narrator, url }: Stage,
  who: string,
  options: Omit<ScriptedClientOptions, 'url' | 'fetch'>,
) {
  return ScriptedClient.connect({
    url,
    fetch: narratedFetch(narrator, who),
    browsed: (authorizationUrl, callback) => narrateBrowser(narrator, authorizationUrl, callback),
    ...options,
  });
}

async function structured(client: ScriptedClient, name: string, args?: Structured): Promise<Structured> {
  const result = await client.callTool(name, args);
  return (result.structuredContent ?? {}) as Structured;
}

async function byMetadataDocument(stage: Stage): Promise<ScriptedClient> {
  const { narrator } = stage;
  narrator.chapter('1. A client that identifies itself by a Client ID Metadata Document');
  const client = await connect(stage, 'client', { account: 'ben', registration: 'cimd', era: 'auto' });
  narrator.check(client.client.getNegotiatedProtocolVersion() === '2026-07-28', 'speaks MCP 2026-07-28');
  const me = await structured(client, 'whoami');
  narrator.note(`whoami says ${JSON.stringify(me)}`);
  narrator.check(
    String(me.clientId).startsWith('https://'),
    `the token names the client by its URL: ${me.clientId}`,
  );
  narrator.check(me.issuer === stage.authkit, 'the server trusts the issuer that its own metadata names');
  return client;
}

async function moreScopes({ narrator }: Stage, client: ScriptedClient): Promise<void> {
  narrator.chapter('2. A tool that needs more: 403 insufficient_scope, one more consent, and on');
  const card = await structured(client, 'contact_card');
  narrator.check(card.email === 'ben@example.com', `contact_card says ${card.email}`);
}

async function byRegistration(stage: Stage): Promise<void> {
  const { narrator } = stage;
  narrator.chapter('3. An old client that registers itself at AuthKit (DCR, the fallback)');
  const client = await connect(stage, 'client', { account: 'ben', registration: 'dcr', era: 'auto' });
  const me = await structured(client, 'whoami');
  narrator.check(!String(me.clientId).startsWith('https://'), `it got a client id: ${me.clientId}`);
  await client.close();
}

async function of2025(stage: Stage): Promise<void> {
  const { narrator } = stage;
  narrator.chapter('4. A client of 2025: initialize instead of discovery, the same endpoint');
  const client = await connect(stage, 'client', { account: 'ben', registration: 'cimd', era: 'legacy' });
  const version = client.client.getNegotiatedProtocolVersion();
  narrator.check(version?.startsWith('2025-') === true, `speaks MCP ${version}`);
  narrator.check(typeof (await structured(client, 'whoami')).subject === 'string', 'whoami answers it too');
  await client.close();
}

/** An access token that the same AuthKit issued to the same person, for something else. */
async function foreignToken({ url, authkit }: Stage): Promise<string> {
  const [redirectUrl] = clientRedirectUris({ appUrl: new URL(url).origin });
  const registration = await fetch(`${authkit}/oauth2/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Other app',
      redirect_uris: [redirectUrl],
      token_endpoint_auth_method: 'none',
    }),
  });
  const clientInformation = (await registration.json()) as { client_id: string };
  const found = await fetch(`${authkit}/.well-known/oauth-authorization-server`);
  const metadata = (await found.json()) as NonNullable<Parameters<typeof startAuthorization>[1]['metadata']>;
  const { authorizationUrl, codeVerifier } = await startAuthorization(authkit, {
    metadata,
    clientInformation,
    redirectUrl,
    state: 's',
    scope: 'openid profile',
  });
  const callback = await signIn({ authorizationUrl, account: 'ben', decision: 'allow' });
  const tokens = await exchangeAuthorization(authkit, {
    metadata,
    clientInformation,
    codeVerifier,
    redirectUri: redirectUrl,
    authorizationCode: callback.searchParams.get('code') ?? '',
    iss: callback.searchParams.get('iss') ?? '',
  });
  return tokens.access_token;
}

async function wrongAudience(stage: Stage): Promise<void> {
  const { narrator, url } = stage;
  narrator.chapter('5. A good token of the same AuthKit, issued for something else');
  const token = await foreignToken(stage);
  const audience = (
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { aud: unknown }
  ).aud;
  narrator.note(`its audience is ${JSON.stringify(audience)}, not ${url}`);
  const response = await callWith(stage, token);
  narrator.check(response.status === 401, 'refused, and no tool has run');
  narrator.check(
    response.headers.get('www-authenticate')?.includes('error="invalid_token"') === true,
    'the challenge says invalid_token and no more',
  );
}

function callWith({ narrator, url }: Stage, token: string): Promise<Response> {
  return narratedFetch(narrator, 'client')(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'whoami', arguments: {} },
    }),
  });
}

async function revoked(stage: Stage): Promise<void> {
  const { narrator } = stage;
  narrator.chapter('6. Ada cuts off one of her clients from another one; its very next call is refused');
  const laptop = await connect(stage, 'laptop', { account: 'ada', registration: 'cimd', era: 'auto' });
  const phone = await connect(stage, 'phone', {
    account: 'ada',
    registration: 'dcr',
    era: 'auto',
    confirm: true,
  });
  const { clientId } = await structured(laptop, 'whoami');
  const { connections } = (await structured(phone, 'list_connections')) as {
    connections: { id: string; clientId: string }[];
  };
  const mine = connections.find((connection) => connection.clientId === clientId);
  narrator.check(mine !== undefined, 'list_connections shows the laptop');
  const result = await phone.callTool('revoke_connection', { id: mine?.id ?? '' });
  narrator.check(result.isError !== true, 'revoke_connection asked for confirmation, then cut it off');
  const token = laptop.tokens?.access_token ?? '';
  const refused = await callWith(stage, token);
  narrator.check(refused.status === 401, 'the laptop is refused at once, though its token has not expired');
  const refresh = await fetch(`${stage.authkit}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: laptop.tokens?.refresh_token ?? '',
      client_id: String(clientId),
    }),
  });
  narrator.check(refresh.status === 400, 'and its refresh token is dead at AuthKit');
  narrator.check((await structured(phone, 'whoami')).subject !== undefined, 'the phone still works');
  await phone.close();
  await laptop.close();
}
