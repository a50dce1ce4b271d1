import { signOutOfServer } from '#features/inspector/server/http/session.ts';
import { authorizeMutation } from '#lib/session/authorize-mutation.ts';

export async function POST(request: Request) {
  return signOutOfServer(request, await authorizeMutation());
}
