import { config } from '#lib/config/env.ts';
import { db } from '#lib/db/connection.ts';
import { databaseErrorCode } from '#lib/db/errors.ts';
import { perProcess } from '#lib/server/per-process.ts';
import { deleteGrant, listGrants } from '#lib/workos/grants.ts';
import type { Context } from './context.ts';
import { CUTOFF_RETENTION_SECONDS, loadDenials } from './denial-queries.ts';
import { createDenylistCache } from './denylist-cache.ts';
import { scheduleRetry } from './grant-deletion.ts';

const DROP_INTERVAL_MS = 10 * 60_000;

/** A context on a database, with a denylist of its own. */
export function createContext(
  parts: Pick<Context, 'database' | 'issuer' | 'grants'> & { now?: () => Date },
): Context {
  const now = parts.now ?? (() => new Date());
  let droppedAt = 0;
  const context: Context = {
    ...parts,
    now,
    denylist: createDenylistCache({
      prepare: async () => void (await parts.database('revocation')),
      load: async (after) => loadDenials(await parts.database('revocation'), after),
      reason: databaseErrorCode,
      onRefresh: (denylist) => {
        const at = now().getTime();
        if (at - droppedAt > DROP_INTERVAL_MS) {
          droppedAt = at;
          denylist.dropExpired(Math.floor(at / 1000) - CUTOFF_RETENTION_SECONDS);
        }
        if (denylist.hasPending()) scheduleRetry(context);
      },
    }),
  };
  return context;
}

/** The context of this process. */
export const processContext = perProcess('connections', () =>
  createContext({
    database: db,
    issuer: config().authkitDomain,
    grants: { list: listGrants, delete: deleteGrant },
  }),
);
