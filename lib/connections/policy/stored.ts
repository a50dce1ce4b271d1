import { z } from 'zod';
import type { policies } from '#lib/db/schema.ts';
import { log } from '#lib/observability/log.ts';
import { limitsSchema } from './limits.ts';
import type { PolicyRow } from './store.ts';

const choice = z.object({ by: z.string(), limits: limitsSchema });

/** Limits of a connection as they are stored. */
const storedConnection = z.object({ person: choice.optional(), administrator: choice.optional() });

/** The policy of an organization as it is stored. */
const storedOrganization = z.object({
  allowedHosts: z.array(z.string()),
  blockedHosts: z.array(z.string()),
  defaults: limitsSchema,
});

/** In place of a row that this version cannot read, so that nothing it may refuse is accepted. */
const READ_ONLY = { administrator: { by: '', limits: { readOnly: true, toolsOff: [] } } };
const NO_HOST = {
  allowedHosts: ['unreadable.invalid'],
  blockedHosts: [],
  defaults: { readOnly: true, toolsOff: [] },
};

/** A row as it is stored. */
export function policyRow({ target, subject, policy, version }: typeof policies.$inferSelect): PolicyRow {
  const isOrganization = subject === '';
  const parsed = (isOrganization ? storedOrganization : storedConnection).safeParse(policy);
  if (!parsed.success) log('error', 'policy.unreadable', { target });
  if (isOrganization)
    return {
      target,
      version,
      policy: { organization: storedOrganization.safeParse(policy).data ?? NO_HOST },
    };
  return { target, version, policy: { connection: storedConnection.safeParse(policy).data ?? READ_ONLY } };
}
