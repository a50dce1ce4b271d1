import { signOutOfServer } from '#features/inspector/server/http/session.ts';
import { userForMutation } from '#lib/session/authorize-mutation.ts';

export async function POST(request: Request) {
  return signOutOfServer(request, await userForMutation());
}
