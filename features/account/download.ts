import 'server-only';
import { config } from '#lib/config/env.ts';
import { db } from '#lib/db/connection.ts';
import { textStream } from '#lib/http/text-stream.ts';
import { userOrRefusal } from '#lib/session/user.ts';
import { exportData } from './stored-data.ts';

/** `GET /account/download`: everything that is stored of the signed-in person, as JSON. */
export async function dataDownload(): Promise<Response> {
  const user = await userOrRefusal();
  if (user instanceof Response) return user;
  const { id, email, firstName, lastName, organizationId, role } = user;
  const head = {
    exportedAt: new Date().toISOString(),
    person: { id, email, firstName, lastName, organizationId, role },
  };
  const text = exportData(await db('pages'), { issuer: config().authkitDomain, subject: id }, head);
  return new Response(textStream(text), {
    headers: {
      'content-type': 'application/json',
      'content-disposition': 'attachment; filename="my-data.json"',
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
    },
  });
}
