import { clientLogoResponse } from '#lib/oauth/client-logo.ts';
import { currentUser } from '#lib/session/user.ts';

/** `?client_id=…`: the logo of that client, for whoever is signed in. */
export async function GET(request: Request): Promise<Response> {
  const user = await currentUser();
  if (user === null) return new Response(null, { status: 401 });
  const clientId = new URL(request.url).searchParams.get('client_id');
  return clientLogoResponse(clientId, { limitKey: user.id, signal: request.signal });
}
