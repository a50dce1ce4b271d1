import { config } from '#lib/config/env.ts';
import { resourceUrl } from '#lib/config/urls.ts';
import { db } from '#lib/db/connection.ts';
import { databaseErrorCode } from '#lib/db/errors.ts';
import { perProcess } from '#lib/server/per-process.ts';
import { deleteGrant, listGrants } from '#lib/workos/grants.ts';
import { soleOrganization } from '#lib/workos/organizations.ts';
import type { Context } from './context.ts';
import { loadDenials } from './denial-queries.ts';
import { createDenylistCache } from './denylist-cache.ts';
import { scheduleRetry } from './grant-deletion.ts';
import { createPolicyStore } from './policy/store.ts';

/** A context on a database, with a denylist of its own. */
export function createContext(
  parts: Pick<Context, 'database' | 'issuer' | 'resources' | 'grants'> & {
    now?: () => Date;
    unusedDays?: number | undefined;
  },
): Context {
  const policies = createPolicyStore(parts.unusedDays);
  const context: Context = {
    now: () => new Date(),
    ...parts,
    policies,
    denylist: createDenylistCache({
      prepare: async () => void (await parts.database('revocation')),
      load: async (after, callers) =>
        loadDenials(await parts.database('revocation'), after, callers, policies),
      knows: policies.knows,
      reason: databaseErrorCode,
      onRefresh: (denylist) => {
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
    resources: [resourceUrl(config()), ...config().extraAudiences],
    unusedDays: config().connectionUnusedDays,
    grants: { list: listGrants, delete: deleteGrant, soleOrganization },
  }),
);
