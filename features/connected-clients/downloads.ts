import 'server-only';
import { clientLogoResponse } from '#lib/cimd/client-logo.ts';
import { getConnection } from '#lib/connections/queries.ts';
import { currentUser } from '#lib/session/user.ts';
import { type ExportFormat, exportActivity, exportConnections } from './export.ts';

type OfConnection = { params: Promise<{ id: string }> };

const answer = (status: 401 | 404) =>
  new Response(null, { status, headers: { 'cache-control': 'private, no-store' } });

const format = (request: Request): ExportFormat =>
  new URL(request.url).searchParams.get('format') === 'csv' ? 'csv' : 'json';

/** `GET /clients/export?format=json|csv`: the list of the signed-in person. */
export async function connectionsDownload(request: Request): Promise<Response> {
  const user = await currentUser();
  return user === null ? answer(401) : exportConnections(user.id, format(request));
}

/** `GET /clients/[id]/export?format=json|csv`: the calls of one client of the signed-in person. */
export async function activityDownload(request: Request, { params }: OfConnection): Promise<Response> {
  const user = await currentUser();
  if (user === null) return answer(401);
  return (await exportActivity(user.id, (await params).id, format(request))) ?? answer(404);
}

/** `GET /clients/[id]/logo`: the logo of one client of the signed-in person, fetched and checked by us. */
export async function logoDownload(_request: Request, { params }: OfConnection): Promise<Response> {
  const user = await currentUser();
  if (user === null) return answer(401);
  const connection = await getConnection(user.id, (await params).id);
  return clientLogoResponse(connection?.clientId ?? null, { limitKey: user.id });
}
