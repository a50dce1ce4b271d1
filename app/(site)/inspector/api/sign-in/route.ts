import { beginSignIn } from '#features/inspector/server/http/sign-in.ts';
import { userForMutation } from '#lib/session/authorize-mutation.ts';

export async function POST(request: Request) {
  return beginSignIn(request, await userForMutation());
}
