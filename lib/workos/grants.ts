import type { WorkOS } from '@workos-inc/node';
import { z } from 'zod';
import { workos } from './client.ts';
import { WorkosUnavailableError, workosStatus } from './errors.ts';

/** A person's grant for a client, as WorkOS lists it (authorized applications). */
export type Grant = {
  id: string;
  /** The application, `conn_app_…`. */
  applicationId: string;
  /** URL of a client metadata document, or the opaque id of a registered client. */
  clientId: string;
  /** The name that the client claims. */
  name: string;
  grantedScopes: string[];
  redirectUris: string[];
  dynamicallyRegistered: boolean;
};

const texts = z
  .array(z.unknown())
  .nullish()
  .transform((items) => (items ?? []).filter((item) => typeof item === 'string'));

const redirects = z
  .array(z.union([z.string(), z.object({ uri: z.string() })]))
  .nullish()
  .transform((items) => (items ?? []).map((item) => (typeof item === 'string' ? item : item.uri)));

const grant = z
  .object({
    id: z.string(),
    granted_scopes: texts,
    application: z.object({
      id: z.string(),
      client_id: z.string(),
      name: z.string().nullish(),
      redirect_uris: redirects,
      was_dynamically_registered: z.boolean().nullish(),
    }),
  })
  .transform(
    ({ id, granted_scopes, application }): Grant => ({
      id,
      applicationId: application.id,
      clientId: application.client_id,
      name: application.name ?? '',
      grantedScopes: granted_scopes,
      redirectUris: application.redirect_uris,
      dynamicallyRegistered: application.was_dynamically_registered ?? false,
    }),
  );

const page = z.object({
  data: z.array(grant),
  list_metadata: z.object({ after: z.string().nullish() }).nullish(),
});

const PAGE_SIZE = 100;
/** Most pages of grants for one person, so that an endless list ends. */
const MAX_PAGES = 100;

const path = (userId: string) =>
  `/user_management/users/${encodeURIComponent(userId)}/authorized_applications`;

/**
 * All grants of a person, from all pages. A person that WorkOS does not know has none.
 *
 * @param userId - WorkOS user id, `sub` of the tokens
 * @throws {WorkosUnavailableError}
 */
export async function listGrants(userId: string, client: WorkOS = workos()): Promise<Grant[]> {
  const grants: Grant[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const query = { limit: PAGE_SIZE, order: 'desc', after };
    let data: unknown;
    try {
      data = (await client.get<unknown>(path(userId), { query })).data;
    } catch (error) {
      if (workosStatus(error) === 404) return [];
      throw new WorkosUnavailableError('list the grants', workosStatus(error));
    }
    const parsed = page.safeParse(data);
    if (!parsed.success) throw new WorkosUnavailableError('list the grants in a known form');
    grants.push(...parsed.data.data);
    const next = parsed.data.list_metadata?.after ?? undefined;
    if (next === undefined || next === after || parsed.data.data.length === 0) break;
    after = next;
  }
  return grants;
}

/**
 * Deletes a person's grant. A client id is looked up first, because a URL is not safe as one segment of a path.
 *
 * @param application - application id (`conn_app_…`) or client id
 * @returns whether there was a grant
 * @throws {WorkosUnavailableError}
 */
export async function deleteGrant(
  userId: string,
  application: string,
  client: WorkOS = workos(),
): Promise<'deleted' | 'absent'> {
  const ids = application.startsWith('conn_app_')
    ? [application]
    : (await listGrants(userId, client))
        .filter(({ clientId }) => clientId === application)
        .map(({ applicationId }) => applicationId);
  let result: 'deleted' | 'absent' = 'absent';
  for (const id of new Set(ids)) {
    try {
      await client.delete(`${path(userId)}/${encodeURIComponent(id)}`);
      result = 'deleted';
    } catch (error) {
      if (workosStatus(error) !== 404)
        throw new WorkosUnavailableError('delete the grant', workosStatus(error));
    }
  }
  return result;
}
