import { z } from 'zod';

const redirects = z
  .array(z.union([z.string(), z.object({ uri: z.string() })]))
  .nullish()
  .transform((items) => (items ?? []).map((item) => (typeof item === 'string' ? item : item.uri)));

/** A row of the authorized applications of a person, as far as the probe reads it. */
export const grantRow = z.object({
  id: z.string(),
  oauth_resource: z.unknown(),
  application: z.object({ id: z.string(), client_id: z.string(), redirect_uris: redirects }),
});

export type GrantRow = z.output<typeof grantRow>;
