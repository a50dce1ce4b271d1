import type { Database, DatabaseUse } from '#lib/db/database.ts';
import type { Grant, GrantList } from '#lib/workos/grants.ts';
import type { DenylistCache } from './denylist-cache.ts';
import type { PolicyStore } from './policy/store.ts';

/** What the functions of this folder depend on. A process has one; tests create several on one database. */
export type Context = {
  database(use?: DatabaseUse): Promise<Database>;
  /** Issuer of the tokens of this deployment. */
  issuer: string;
  /** The audiences of those tokens; any when omitted. */
  resources?: readonly string[];
  grants: {
    list(userId: string): Promise<GrantList>;
    delete(userId: string, application: string): Promise<'deleted' | 'absent'>;
    /** Whether a person belongs to this organization and to no other; without it, no grant is treated as only its own. */
    soleOrganization?(userId: string, organizationId: string): Promise<boolean>;
  };
  denylist: DenylistCache;
  policies: PolicyStore;
  now(): Date;
};

/** Whether a grant may be one for this server. Without a resource it may be for any. */
export const isForThisServer = ({ resources }: Context, { resource }: Grant) =>
  resource === undefined || resources?.includes(resource) !== false;
