import 'server-only';
import { after } from 'next/server';
import { connectionPage } from '#lib/connections/connection-page.ts';
import { POLL_AGE_MS } from '#lib/connections/grants.ts';
import { backgroundWork } from '#lib/server/background.ts';
import { userOrRefusal } from '#lib/session/user.ts';
import { PAGE_SIZE } from '../search-params.ts';
import type { LiveSnapshot } from './live-updates.tsx';

const headers = { 'cache-control': 'private, no-store' };

/** `GET /clients/live`: last use and state of the most recently used clients of the signed-in person. */
export async function liveResponse(): Promise<Response> {
  const user = await userOrRefusal();
  if (user instanceof Response) return user;
  const { rows, total } = await connectionPage(user.id, {
    limit: PAGE_SIZE,
    grantsAgeMs: POLL_AGE_MS,
  });
  after(backgroundWork);
  const snapshot: LiveSnapshot = {
    total,
    connections: rows.map(({ id, appKey, lastUsed, calls, state }) => ({
      id,
      app: appKey,
      lastUsed: lastUsed?.toISOString() ?? null,
      calls,
      state,
    })),
  };
  return Response.json(snapshot, { headers });
}
