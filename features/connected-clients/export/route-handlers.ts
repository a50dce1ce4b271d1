import 'server-only';
import type { ExportFormat } from '#lib/http/download.ts';
import { userOrRefusal } from '#lib/session/user.ts';
import { readListQuery } from '../search-params.ts';
import { exportActivity, exportConnections } from './export.ts';

const notFound = () => new Response(null, { status: 404, headers: { 'cache-control': 'private, no-store' } });

const format = (request: Request): ExportFormat =>
  new URL(request.url).searchParams.get('format') === 'csv' ? 'csv' : 'json';

/** `GET /clients/export?format=json|csv&show=…&q=…`: the connections of the signed-in person, by default all. */
export async function connectionsDownload(request: Request): Promise<Response> {
  const user = await userOrRefusal();
  if (user instanceof Response) return user;
  const { show, search } = readListQuery({
    show: 'all',
    ...Object.fromEntries(new URL(request.url).searchParams),
  });
  return await exportConnections(user.id, format(request), { filter: show, search });
}

/** `GET /clients/[id]/export?format=json|csv`: the calls of one client of the signed-in person. */
export async function activityDownload(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  const user = await userOrRefusal();
  if (user instanceof Response) return user;
  return (await exportActivity(user.id, (await params).id, format(request))) ?? notFound();
}
