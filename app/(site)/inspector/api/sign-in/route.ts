import { beginSignIn } from '#features/inspector/server/http/sign-in.ts';
import { authorizeMutation } from '#lib/session/authorize-mutation.ts';

export async function POST(request: Request) {
  return beginSignIn(request, await authorizeMutation());
}
