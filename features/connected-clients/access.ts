import { config } from '#lib/config/env.ts';
import { resourceUrl } from '#lib/config/urls.ts';
import type { ConnectionRow } from '#lib/connections/queries.ts';
import { accessText } from '#lib/oauth/scopes.ts';

/** A scope or permission of a client; `description` is undefined when `lib/oauth/scopes.ts` has no text for it. */
export type Access = { name: string; description: string | undefined };

/** Whether every grant of a client is for another server of the same WorkOS environment. */
export function isForOthers({ grantResources }: Pick<ConnectionRow, 'grantResources'>): boolean {
  const here = [resourceUrl(config()), ...config().extraAudiences];
  return grantResources.length > 0 && !grantResources.some((resource) => here.includes(resource));
}

/** What scopes and permissions allow, in the same order. */
export function describeAccess(scopes: readonly string[], permissions: readonly string[]): Access[] {
  return [...scopes, ...permissions].map((name) => ({ name, description: accessText(name)?.description }));
}

/** The scopes of the grant, or of the calls when there is none. */
export const accessOf = (row: Pick<ConnectionRow, 'granted' | 'grantedScopes' | 'scopes'>) =>
  row.granted ? row.grantedScopes : row.scopes;
