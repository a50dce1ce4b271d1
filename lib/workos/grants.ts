import type { WorkOS } from '@workos-inc/node';
import { z } from 'zod';
import { log } from '#lib/observability/log.ts';
import { workos } from './client.ts';
import { WorkosUnavailableError, workosRetryAfterMs, workosStatus } from './errors.ts';

/** A person's grant for a client, as WorkOS lists it (authorized applications). */
export type Grant = {
  /** The application. WorkOS promises no prefix: `app_…` and `conn_app_…` exist. */
  applicationId: string;
  /** URL of a client metadata document, or the opaque id of a client. May differ from `client_id` of the tokens. */
  clientId: string;
  /** The name that the client claims. */
  name: string;
  grantedScopes: string[];
  redirectUris: string[];
  dynamicallyRegistered: boolean;
  firstParty: boolean;
  /** The resource of the consent; undefined when WorkOS names none. */
  resource: string | undefined;
};

/** `complete`: every row could be read, so a grant that is not in it does not exist. */
export type GrantList = { grants: Grant[]; complete: boolean };

const texts = z
  .array(z.unknown())
  .nullish()
  .transform((items) => (items ?? []).filter((item) => typeof item === 'string'));

const redirects = z
  .array(z.unknown())
  .nullish()
  .transform((items) =>
    (items ?? [])
      .map((item) => (typeof item === 'object' && item !== null && 'uri' in item ? item.uri : item))
      .filter((item) => typeof item === 'string'),
  );

const optional = <T extends z.ZodType>(type: T) => type.nullish().catch(undefined);

/** A row of a list of authorized applications. */
export const grant = z
  .object({
    granted_scopes: texts.catch([]),
    oauth_resource: optional(z.string()),
    application: z.object({
      id: z.string(),
      client_id: z.string(),
      name: optional(z.string()),
      redirect_uris: redirects.catch([]),
      was_dynamically_registered: optional(z.boolean()),
      is_first_party: optional(z.boolean()),
    }),
  })
  .transform(
    ({ granted_scopes, oauth_resource, application }): Grant => ({
      applicationId: application.id,
      clientId: application.client_id,
      name: application.name ?? '',
      grantedScopes: granted_scopes,
      redirectUris: application.redirect_uris,
      dynamicallyRegistered: application.was_dynamically_registered ?? false,
      firstParty: application.is_first_party ?? false,
      resource: oauth_resource ?? undefined,
    }),
  );

const page = z.object({
  data: z.array(z.unknown()),
  list_metadata: z.object({ after: z.string().nullish() }).nullish(),
});

const PAGE_SIZE = 100;
/** Most pages of a list, so that an endless one ends. */
const MAX_PAGES = 1_000;

const path = (userId: string) =>
  `/user_management/users/${encodeURIComponent(userId)}/authorized_applications`;

/** Until when WorkOS asked a client to wait, in milliseconds since the epoch. */
const waits = new WeakMap<WorkOS, number>();

/** Sends a request, unless WorkOS asked to wait (`Retry-After`). */
async function send<T>(operation: string, client: WorkOS, request: () => Promise<T>): Promise<T> {
  const wait = (waits.get(client) ?? 0) - Date.now();
  if (wait > 0) throw new WorkosUnavailableError(operation, 429, wait);
  try {
    return await request();
  } catch (error) {
    const retryAfterMs = workosRetryAfterMs(error);
    if (retryAfterMs !== undefined) waits.set(client, Date.now() + retryAfterMs);
    throw new WorkosUnavailableError(operation, workosStatus(error), retryAfterMs);
  }
}

/** Rows of a list. `complete`: all of them could be read. */
type Listed<T> = { items: T[]; complete: boolean };

/**
 * All rows of a list of the WorkOS API, from all pages. A row of an unknown form is left out and makes the list incomplete.
 *
 * @param what - for messages: `grants`
 * @throws {WorkosUnavailableError}
 */
export async function listAll<T>(
  what: string,
  target: string,
  row: z.ZodType<T>,
  client: WorkOS,
  filter: Record<string, string> = {},
): Promise<Listed<T>> {
  const items: T[] = [];
  let unreadable = 0;
  let after: string | undefined;
  for (let pages = 1; ; pages++) {
    const query = { ...filter, limit: PAGE_SIZE, order: 'desc', after };
    const parsed = page.safeParse(
      (await send(`list the ${what}`, client, () => client.get<unknown>(target, { query }))).data,
    );
    if (!parsed.success) throw new WorkosUnavailableError(`list the ${what} in a known form`);
    const { data, list_metadata } = parsed.data;
    const read = data.map((one) => row.safeParse(one));
    items.push(...read.flatMap((one) => (one.success ? [one.data] : [])));
    unreadable += read.filter(({ success }) => !success).length;
    const next = list_metadata?.after ?? undefined;
    if (next === undefined || data.length === 0) break;
    if (next === after || pages === MAX_PAGES) {
      log('warn', `${what}.list_not_ended`, { pages, rows: items.length });
      return { items, complete: false };
    }
    after = next;
  }
  if (unreadable > 0) {
    if (items.length === 0) throw new WorkosUnavailableError(`list the ${what} in a known form`);
    log('warn', `${what}.unreadable_rows`, { rows: unreadable });
  }
  return { items, complete: unreadable === 0 };
}

/**
 * All grants of a person.
 *
 * @param userId - WorkOS user id, `sub` of the tokens
 * @throws {WorkosUnavailableError} with the status 404 when WorkOS does not know the person: their grants are unknown
 */
export async function listGrants(userId: string, client: WorkOS = workos()): Promise<GrantList> {
  const { items, complete } = await listAll('grants', path(userId), grant, client);
  return { grants: items, complete };
}

/**
 * Deletes a person's grant for an application.
 *
 * @param application - the id that was listed, or a client id that is no URL: WorkOS takes both
 * @throws {WorkosUnavailableError}
 */
export async function deleteGrant(
  userId: string,
  application: string,
  client: WorkOS = workos(),
): Promise<'deleted' | 'absent'> {
  const target = `${path(userId)}/${encodeURIComponent(application)}`;
  try {
    await send('delete the grant', client, () => client.delete(target));
    return 'deleted';
  } catch (error) {
    if (workosStatus(error) === 404) return 'absent';
    throw error;
  }
}
