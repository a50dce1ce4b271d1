import 'server-only';
import { connectionPage } from '#lib/connections/queries.ts';
import { currentUser } from '#lib/session/user.ts';
import { PAGE_SIZE } from './list-query.ts';
import type { LiveSnapshot } from './live-store.ts';

const headers = { 'cache-control': 'private, no-store' };

/** What the clients of the signed-in person did last: the most recent ones, which are the ones that can change. */
export async function liveResponse(): Promise<Response> {
  const user = await currentUser();
  if (user === null) return Response.json({ error: 'signed_out' }, { status: 401, headers });
  const { rows, total } = await connectionPage(user.id, { sort: 'lastUsed', limit: PAGE_SIZE });
  const snapshot: LiveSnapshot = {
    total,
    connections: rows.map(({ id, lastUsed, state }) => ({
      id,
      lastUsed: lastUsed?.toISOString() ?? null,
      state,
    })),
  };
  return Response.json(snapshot, { headers });
}
