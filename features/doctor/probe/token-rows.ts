import { setTimeout as pause } from 'node:timers/promises';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { resourceUrl } from '#lib/config/urls.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import type { Tokens } from './oauth-client.ts';
import { PATIENCE_MS, POLL_MS, type Walk } from './walk.ts';

/** What the first token and the grant behind it look like. */
export async function tokenRows(walk: Walk, tokens: Tokens): Promise<void> {
  const claims = decodeJwt(tokens.accessToken);
  const { typ } = decodeProtectedHeader(tokens.accessToken);
  const status = await walk.callProduct(tokens);
  const aud = [claims.aud ?? []].flat().map(String);
  for (const value of aud) walk.audiences.add(value);
  walk.row({
    id: 'audience',
    question: 'Is aud the resource that was requested?',
    answer: aud.includes(resourceUrl(walk.config)) ? 'yes' : 'no',
    detail: `aud is ${sanitize(aud.join(', '), 160)}. The product answers ${status}.`,
    // A token for something else must not get in.
    verdict: walk.accepted(aud) === (status === 200) ? 'right' : 'wrong',
  });
  walk.row({
    id: 'token-client-id',
    question: 'What is client_id in the token?',
    answer:
      claims.client_id === walk.client.clientId
        ? 'the client id'
        : claims.client_id
          ? 'another id'
          : 'absent',
    detail: `${sanitize(String(claims.client_id ?? 'absent'), 160)}.`,
  });
  const lifetime = (claims.exp ?? 0) - (claims.iat ?? 0);
  walk.row({
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
  walk.row({
    id: 'issuer-clock',
    question: 'Is the clock of the issuer ahead of this one?',
    answer: ahead > 1 ? `${ahead} s` : 'no',
    verdict: walk.accepted(aud) ? (status === 200 ? 'right' : 'wrong') : 'unjudged',
  });
  walk.row({
    id: 'token-endpoint-cors',
    question: 'May a browser of any origin read the token response?',
    answer: tokens.readableByBrowsers ? 'yes' : 'no',
  });
  await grantRows(walk, claims);
}

/** The grant of this client: by its client id, else the one that was not there before. */
async function grantRows(walk: Walk, claims: ReturnType<typeof decodeJwt>): Promise<void> {
  const start = performance.now();
  let grants = await walk.grants(String(claims.sub));
  while (grants.length === 0 && performance.now() - start < PATIENCE_MS) {
    await pause(POLL_MS);
    grants = await walk.grants(String(claims.sub));
  }
  const own = walk.ownGrant(grants, claims);
  const { clientId } = walk.client;
  walk.row({
    id: 'grant-client-id',
    question: 'Is client_id in the list of grants that of the token?',
    answer: own === undefined ? 'not listed' : own.application.client_id === clientId ? 'yes' : 'no',
    detail: own ? `Listed as ${sanitize(own.application.client_id, 160)}.` : '',
  });
  walk.row({
    id: 'application-id',
    question: 'With what do application ids begin?',
    answer: own?.application.id.replace(/_[^_]*$/, '_') ?? 'not listed',
  });
  walk.row({
    id: 'grant-resource',
    question: 'Does a grant name its resource?',
    answer: own === undefined ? 'not listed' : own.oauth_resource ? 'yes' : 'no',
  });
}
