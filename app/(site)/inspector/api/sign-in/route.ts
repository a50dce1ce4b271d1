import { beginSignIn } from '#lib/inspector/http/sign-in.ts';
import { userForMutation } from '#lib/session/mutation.ts';

export async function POST(request: Request) {
  return beginSignIn(request, await userForMutation());
}
