import type { Config } from '#lib/config/env.ts';
import { clientMetadataUrl, resourceUrl } from '#lib/config/urls.ts';
import { connectionPage } from '#lib/connections/connection-page.ts';
import type { ConnectionRow } from '#lib/connections/queries.ts';
import { databaseErrorCode } from '#lib/db/errors.ts';
import { BASE_SCOPES } from '#lib/oauth/scopes.ts';
import { log } from '#lib/observability/log.ts';
import { currentSession } from '#lib/session/user.ts';

/** Claims of an access token, and whose they are. */
export type Claims = { of: 'example' | 'person' | 'connection'; claims: Record<string, unknown> };

/**
 * The claims that the signed-in person's most recently used client presented, as they were recorded; without such a client the
 * person's id in an example. Tokens are not stored, so `exp`, `iat` and `sid` are placeholders.
 */
export async function ownClaims(config: Config): Promise<Claims> {
  const example = {
    iss: config.authkitDomain,
    aud: resourceUrl(config),
    sub: 'user_…',
    sid: 'app_consent_…',
    client_id: clientMetadataUrl(config),
    scope: BASE_SCOPES.join(' '),
    iat: '…',
    exp: '…',
  };
  const session = await currentSession();
  if (session === null || session === 'unavailable') return { of: 'example', claims: example };
  const row = await lastUsed(session.id);
  if (row === undefined) return { of: 'person', claims: { ...example, sub: session.id } };
  const { clientId, organizationId, scopes } = row;
  return {
    of: 'connection',
    claims: {
      ...example,
      sub: session.id,
      client_id: clientId,
      ...(organizationId === undefined ? {} : { org_id: organizationId }),
      scope: scopes.join(' '),
    },
  };
}

async function lastUsed(userId: string): Promise<ConnectionRow | undefined> {
  try {
    const { rows } = await connectionPage(userId, { limit: 1 });
    return rows.find(({ lastUsed, clientId }) => lastUsed !== undefined && clientId !== undefined);
  } catch (error) {
    log('warn', 'how_it_works.claims_failed', { reason: databaseErrorCode(error) });
    return undefined;
  }
}
