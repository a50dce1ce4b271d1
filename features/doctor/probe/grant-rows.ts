import { setTimeout as pause } from 'node:timers/promises';
import { decodeJwt } from 'jose';
import { resourceUrl } from '#lib/config/urls.ts';
import { askWorkos } from '../workos-api.ts';
import { refreshWith, type Tokens } from './oauth-client.ts';
import { PATIENCE_MS, POLL_MS, SCOPE, type Walk } from './walk.ts';

/** How long a revocation is waited for: it holds on all instances within a second. */
const REVOCATION_MS = 5_000;

/** Refreshes a token. */
export async function refreshRows(walk: Walk, tokens: Tokens): Promise<Tokens | undefined> {
  if (tokens.refreshToken === undefined) {
    walk.row({ id: 'refresh', question: 'Is there a refresh token with offline_access?', answer: 'no' });
    return undefined;
  }
  const refreshed = await refreshWith(walk.client, walk.server, tokens.refreshToken);
  const [before, after] = [decodeJwt(tokens.accessToken), decodeJwt(refreshed.accessToken)];
  const status = await walk.callProduct(refreshed);
  const accepted = walk.accepted([after.aud ?? []].flat());
  walk.row({
    id: 'refresh',
    question: 'Is there a refresh token with offline_access?',
    answer: 'yes',
    detail: `The product answers ${status} to the refreshed token.`,
    verdict: (status === 200) === accepted ? 'right' : 'wrong',
  });
  walk.row({
    id: 'refresh-sid',
    question: 'Does sid stay the same when a token is refreshed?',
    answer: before.sid === after.sid ? 'yes' : 'no',
  });
  return refreshed;
}

/** Deletes the grant at WorkOS, as an administrator may. */
export async function deletionRows(walk: Walk, first: Tokens, refreshed: Tokens | undefined): Promise<void> {
  const claims = decodeJwt(first.accessToken);
  const user = String(claims.sub);
  const own = walk.ownGrant(await walk.grants(user), claims);
  if (own === undefined) {
    walk.row({
      id: 'delete',
      question: 'Can the grant be deleted?',
      answer: 'not listed',
      verdict: 'not asked',
    });
    return;
  }
  const path = `/user_management/users/${encodeURIComponent(user)}/authorized_applications/${encodeURIComponent(own.application.id)}`;
  const answer = await askWorkos(walk.config, path, { method: 'DELETE' });
  walk.row({
    id: 'delete',
    question: 'Can the grant be deleted?',
    answer: answer?.status === 204 || answer?.status === 200 ? 'yes' : `no, ${answer?.status ?? 'no answer'}`,
  });
  const still = walk.ownGrant(await walk.grants(user), claims);
  walk.row({
    id: 'delete-listed',
    question: 'Is a deleted grant still listed just after?',
    answer: still?.id === own.id ? 'yes' : 'no',
  });
  if (refreshed?.refreshToken !== undefined)
    walk.row({
      id: 'delete-ends-refresh',
      question: 'Does deleting a grant end its refresh token?',
      answer: (await walk.refreshOrError(refreshed.refreshToken)) === undefined ? 'yes' : 'no',
    });
  const again = await walk.signIn({ resource: resourceUrl(walk.config), scope: SCOPE }, 'consent again');
  const { sid } = decodeJwt(again.accessToken);
  const { status } = await walk.awaitProduct(again, 200);
  walk.row({
    id: 'reconsent-sid',
    question: 'Is sid new when a person consents again?',
    answer: sid === claims.sid ? 'no' : 'yes',
    detail: `The product answers ${status} to the token of the new consent.`,
    verdict: walk.verdictOf(again, status, 200),
  });
}

/** The person revokes the client on the page: it must hold, and a new consent must end it. */
export async function revocationRows(walk: Walk): Promise<void> {
  const authorization = { resource: resourceUrl(walk.config), scope: SCOPE };
  const tokens = await walk.signIn(authorization, 'a sign-in that you revoke next');
  await walk.awaitProduct(tokens, 200);
  await walk.options.person.revoke(`${walk.config.appUrl}/clients`, walk.client.clientId);
  const old = await walk.awaitProduct(tokens, 401, REVOCATION_MS);
  walk.row({
    id: 'revoked-token',
    question: 'Is a token refused after its client was revoked on the page?',
    answer: old.status === 401 ? 'yes' : `no, ${old.status}`,
    verdict: walk.verdictOf(tokens, old.status, 401),
  });
  const survivor =
    tokens.refreshToken === undefined ? undefined : await walk.refreshOrError(tokens.refreshToken);
  const status = survivor && (await walk.callProduct(survivor));
  walk.row({
    id: 'revoked-refresh',
    question: 'Does a refresh token survive the revocation on the page?',
    answer: survivor === undefined ? 'no' : 'yes',
    detail: survivor === undefined ? '' : `The product answers ${status} to its token.`,
    verdict: status === undefined || status === 401 ? 'right' : 'wrong',
  });
  const { tokens: again, ...back } = await untilIn(
    walk,
    await walk.signIn(authorization, 'consent again after the revocation'),
  );
  walk.row({
    id: 'revoked-reconsent',
    question: 'Does a client get in again after a new consent?',
    answer: back.status === 200 ? 'yes' : `no, ${back.status}`,
    detail: `After ${back.seconds} s.`,
    verdict: walk.verdictOf(again, back.status, 200),
  });
  if (again.refreshToken === undefined) return;
  await walk.refreshOrError(again.refreshToken);
  walk.row({
    id: 'refresh-reuse',
    question: 'Does a refresh token work a second time just after?',
    answer: (await walk.refreshOrError(again.refreshToken)) === undefined ? 'no' : 'yes',
  });
}

/** Calls as a client does: a refused token is refreshed, and the call repeated. */
async function untilIn(
  walk: Walk,
  first: Tokens,
): Promise<{ tokens: Tokens; status: number; seconds: number }> {
  const start = performance.now();
  let tokens = first;
  for (;;) {
    const status = await walk.callProduct(tokens);
    const elapsed = performance.now() - start;
    if (status === 200 || elapsed > PATIENCE_MS)
      return { tokens, status, seconds: Math.round(elapsed / 1000) };
    await pause(POLL_MS);
    const refreshed = tokens.refreshToken && (await walk.refreshOrError(tokens.refreshToken));
    tokens = refreshed || tokens;
  }
}
