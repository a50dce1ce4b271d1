import 'server-only';
import { getConnection } from '#lib/connections/queries.ts';
import { GuardedFetchError } from '#lib/guarded-fetch/guarded-fetch.ts';
import { userOrRefusal } from '#lib/session/user.ts';
import { CACHE_SECONDS, type ClientLogo, clientLogo } from './read-logo.ts';

const empty = (status: number) =>
  new Response(null, { status, headers: { 'cache-control': 'private, no-store' } });

/**
 * `GET /clients/[id]/logo`: the logo of one client of the signed-in person, with headers that prevent scripts in it and
 * shared caching. 401 without a session, 404 without a logo, 429 after too many requests.
 */
export async function logoDownload(
  _request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  const user = await userOrRefusal();
  if (user instanceof Response) return user;
  const clientId = (await getConnection(user.id, (await params).id))?.clientId;
  try {
    const logo = clientId ? await clientLogo(clientId, { limitKey: user.id }) : undefined;
    return logo === undefined ? empty(404) : logoResponse(logo);
  } catch (error) {
    if (error instanceof GuardedFetchError) return empty(429);
    throw error;
  }
}

const logoResponse = ({ bytes, mediaType }: ClientLogo) =>
  new Response(new Uint8Array(bytes), {
    headers: {
      'content-type': mediaType,
      'content-security-policy': "default-src 'none'; sandbox",
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'cache-control': `private, max-age=${CACHE_SECONDS}`,
    },
  });
