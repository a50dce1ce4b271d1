import { z } from 'zod';
import type { Selection } from '#lib/connections/app-queries.ts';

const texts = z.array(z.string().max(400)).max(5_000).catch([]);
const selection = z
  .object({ ids: texts, apps: texts, unused: z.boolean().catch(false) })
  .catch({ ids: [], apps: [], unused: false });

/** Reads a {@link Selection} from outside, or the id of a connection; of anything else the empty selection. */
export function readSelection(which: unknown): Selection {
  if (typeof which === 'string') return { ids: [which], apps: [], unused: false };
  if (!(which instanceof FormData)) return selection.parse(which);
  return selection.parse({
    ids: which.getAll('id'),
    apps: which.getAll('app'),
    unused: which.get('unused') === '1',
  });
}
