import { exchangeAuthorization, startAuthorization } from '@modelcontextprotocol/client';
import { signIn } from '#dev/authkit/driver.ts';
import { clientRedirectUris } from '#lib/config/urls.ts';
import { tools } from '#lib/mcp/tools/index.ts';
import { BASE_SCOPES } from '#lib/oauth/scopes.ts';
import type { ScriptedClient } from './client.ts';
import { Reporter } from './reporter.ts';
import { revokeByTools } from './revoke-by-tools.ts';
import { revokeOnPage } from './revoke-on-page.ts';
import { callTool, claimsOf, connect, postWith, type Stage } from './stage.ts';

/** Ways to revoke a client. The demo shows the first that this server offers. */
const REVOCATIONS: ReadonlyArray<(stage: Stage, laptop: ScriptedClient) => Promise<boolean>> = [
  revokeByTools,
  revokeOnPage,
];

/**
 * Plays every scenario against a running app and local AuthKit. A scenario that needs a tool which this server does not
 * have is left out.
 *
 * @throws {Error} when a check fails
 */
export async function demonstrate(url: string, authkit: string): Promise<void> {
  const stage: Stage = { reporter: new Reporter(url), url, authkit };
  stage.reporter.note(`The client knows one thing: ${url}`);
  const ben = await byMetadataDocument(stage);
  await stepUp(stage, ben);
  await byRegistration(stage);
  await earlierProtocol(stage);
  await wrongAudience(stage);
  await revoked(stage);
  await ben.close();
}

/** Calls the first tool that only reads and needs no arguments, if there is one. */
async function callAnyTool({ reporter }: Stage, client: ScriptedClient): Promise<void> {
  const { tools } = await client.client.listTools();
  const tool = tools.find(
    ({ annotations, inputSchema }) => annotations?.readOnlyHint && !inputSchema.required?.length,
  );
  if (tool === undefined) return reporter.note('no tool can be called without arguments');
  const result = await callTool(client, tool.name);
  reporter.check(Object.keys(result).length > 0, `${tool.name} returns ${JSON.stringify(result)}`);
}

async function byMetadataDocument(stage: Stage): Promise<ScriptedClient> {
  const { reporter } = stage;
  reporter.chapter('A client that identifies itself by a Client ID Metadata Document');
  const client = await connect(stage, 'client', { account: 'ben', registration: 'cimd', era: 'auto' });
  reporter.check(client.client.getNegotiatedProtocolVersion() === '2026-07-28', 'speaks MCP 2026-07-28');
  await callAnyTool(stage, client);
  const { client_id: clientId, iss: issuer } = claimsOf(client.tokens?.access_token);
  reporter.check(
    String(clientId).startsWith('https://'),
    `the token names the client by the URL of its document: ${clientId}`,
  );
  reporter.check(issuer === stage.authkit, 'the issuer of the token is the one that the metadata names');
  return client;
}

async function stepUp(stage: Stage, client: ScriptedClient): Promise<void> {
  const base: readonly string[] = BASE_SCOPES;
  const tool = tools.find(({ scopes }) => scopes.some((scope) => !base.includes(scope)));
  if (tool === undefined) return;
  const { reporter } = stage;
  reporter.chapter('A tool that needs another scope: 403 insufficient_scope, consent, and the call again');
  const result = await client.callTool(tool.name);
  reporter.check(result.isError !== true, `${tool.name} returns ${JSON.stringify(result.structuredContent)}`);
}

async function byRegistration(stage: Stage): Promise<void> {
  const { reporter } = stage;
  reporter.chapter('A client that registers itself at AuthKit (DCR, the fallback for older clients)');
  const client = await connect(stage, 'client', { account: 'ben', registration: 'dcr', era: 'auto' });
  await callAnyTool(stage, client);
  const { client_id: clientId } = claimsOf(client.tokens?.access_token);
  reporter.check(!String(clientId).startsWith('https://'), `AuthKit gave it a client id: ${clientId}`);
  await client.close();
}

async function earlierProtocol(stage: Stage): Promise<void> {
  const { reporter } = stage;
  reporter.chapter('A client of 2025: initialize instead of server/discover, at the same endpoint');
  const client = await connect(stage, 'client', { account: 'ben', registration: 'cimd', era: 'legacy' });
  const version = client.client.getNegotiatedProtocolVersion();
  reporter.check(version?.startsWith('2025-') === true, `speaks MCP ${version}`);
  await callAnyTool(stage, client);
  await client.close();
}

/** An access token that the same AuthKit issued to the same person for another audience. */
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
    iss: callback.searchParams.get('iss') ?? undefined,
  });
  return tokens.access_token;
}

async function wrongAudience(stage: Stage): Promise<void> {
  const { reporter, url } = stage;
  reporter.chapter('A valid token of the same AuthKit for another audience');
  const token = await foreignToken(stage);
  reporter.note(`its audience is ${JSON.stringify(claimsOf(token).aud)}, not ${url}`);
  const response = await postWith(stage, token);
  reporter.check(response.status === 401, 'the request is refused');
  reporter.check(
    response.headers.get('www-authenticate')?.includes('error="invalid_token"') === true,
    'the challenge says invalid_token and gives no reason',
  );
}

async function revoked(stage: Stage): Promise<void> {
  const { reporter } = stage;
  if (REVOCATIONS.length === 0) return;
  reporter.chapter('Ada revokes one of her clients; its next call is refused');
  const laptop = await connect(stage, 'laptop', { account: 'ada', registration: 'cimd', era: 'auto' });
  let done = false;
  for (const revoke of REVOCATIONS) done ||= await revoke(stage, laptop);
  if (!done) return reporter.note('this server has neither a tool nor a page that revokes a client');

  const token = laptop.tokens?.access_token ?? '';
  const refused = await postWith(stage, token, 'laptop');
  reporter.check(
    refused.status === 401,
    'the laptop is refused immediately, although its token has not expired',
  );
  const refresh = await fetch(`${stage.authkit}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: laptop.tokens?.refresh_token ?? '',
      client_id: String(claimsOf(token).client_id),
    }),
  });
  reporter.check(refresh.status === 400, 'AuthKit refuses its refresh token');
  await laptop.close();
}
