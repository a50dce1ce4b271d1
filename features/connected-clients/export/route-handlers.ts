import 'server-only';
import { currentUser } from '#lib/session/user.ts';
import { type ExportFormat, exportActivity, exportConnections } from './export.ts';

const refuse = (status: 401 | 404) =>
  new Response(null, { status, headers: { 'cache-control': 'private, no-store' } });

const format = (request: Request): ExportFormat =>
  new URL(request.url).searchParams.get('format') === 'csv' ? 'csv' : 'json';

/** `GET /clients/export?format=json|csv`: the connections of the signed-in person. */
export async function connectionsDownload(request: Request): Promise<Response> {
  const user = await currentUser();
  return user === null ? refuse(401) : exportConnections(user.id, format(request));
}

/** `GET /clients/[id]/export?format=json|csv`: the calls of one client of the signed-in person. */
export async function activityDownload(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  const user = await currentUser();
  if (user === null) return refuse(401);
  return (await exportActivity(user.id, (await params).id, format(request))) ?? refuse(404);
}
