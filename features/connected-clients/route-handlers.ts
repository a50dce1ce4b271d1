import 'server-only';
import { clientLogoResponse } from '#lib/cimd/client-logo.ts';
import { connectionPage, getConnection } from '#lib/connections/queries.ts';
import { currentUser } from '#lib/session/user.ts';
import { type ExportFormat, exportActivity, exportConnections } from './export.ts';
import type { LiveSnapshot } from './live-updates.tsx';
import { PAGE_SIZE } from './search-params.ts';

type OfConnection = { params: Promise<{ id: string }> };

const headers = { 'cache-control': 'private, no-store' };

const refuse = (status: 401 | 404) => new Response(null, { status, headers });

const format = (request: Request): ExportFormat =>
  new URL(request.url).searchParams.get('format') === 'csv' ? 'csv' : 'json';

/** `GET /clients/export?format=json|csv`: the connections of the signed-in person. */
export async function connectionsDownload(request: Request): Promise<Response> {
  const user = await currentUser();
  return user === null ? refuse(401) : exportConnections(user.id, format(request));
}

/** `GET /clients/[id]/export?format=json|csv`: the calls of one client of the signed-in person. */
export async function activityDownload(request: Request, { params }: OfConnection): Promise<Response> {
  const user = await currentUser();
  if (user === null) return refuse(401);
  return (await exportActivity(user.id, (await params).id, format(request))) ?? refuse(404);
}

/** `GET /clients/[id]/logo`: the logo of one client of the signed-in person, fetched and checked by this server. */
export async function logoDownload(_request: Request, { params }: OfConnection): Promise<Response> {
  const user = await currentUser();
  if (user === null) return refuse(401);
  const connection = await getConnection(user.id, (await params).id);
  return clientLogoResponse(connection?.clientId ?? null, { limitKey: user.id });
}

/** `GET /clients/live`: last use and state of the most recently used clients of the signed-in person. */
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
