import type { WorkOS } from '@workos-inc/node';
import { LRUCache } from 'lru-cache';
import { withDeadline } from '#lib/http/with-deadline.ts';
import { perProcess } from '#lib/server/per-process.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { workos } from './client.ts';

/** A page waits at most this long for names. */
const TIMEOUT_MS = 1_000;
const cache = perProcess(
  'organization-names',
  () => new LRUCache<string, string>({ max: 5_000, ttl: 600_000 }),
);

/** The names of organizations by their ids. Where WorkOS does not say in time, the id is the name. Never rejects. */
export async function organizationNames(
  ids: readonly (string | undefined)[],
  client: WorkOS = workos(),
): Promise<ReadonlyMap<string | undefined, string>> {
  const load = async (id: string) => {
    const found = await client.organizations.getOrganization(id).catch(() => undefined);
    // After a failure it is asked again soon.
    const name = sanitize(found?.name) || sanitize(id);
    cache().set(id, name, found === undefined ? { ttl: 10_000 } : undefined);
    return name;
  };
  const named = [...new Set(ids)].map(async (id) => {
    if (id === undefined) return [id, ''] as const;
    return [id, cache().get(id) ?? (await withDeadline(load(id), TIMEOUT_MS, () => sanitize(id)))] as const;
  });
  return new Map(await Promise.all(named));
}
