import { receiveCallback } from '#features/inspector/server/http/callback.ts';
import { currentUser } from '#lib/session/user.ts';

export async function GET(request: Request) {
  return receiveCallback(request, await currentUser());
}
