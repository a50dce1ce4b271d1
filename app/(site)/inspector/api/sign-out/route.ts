import { signOutOfServer } from '#lib/inspector/http/session.ts';
import { userForMutation } from '#lib/session/mutation.ts';

export async function POST(request: Request) {
  return signOutOfServer(request, await userForMutation());
}
