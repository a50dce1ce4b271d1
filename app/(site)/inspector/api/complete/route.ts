import { completeSignIn } from '#features/inspector/server/http/complete.ts';
import { authorizeMutation } from '#lib/session/authorize-mutation.ts';

export async function POST(request: Request) {
  return completeSignIn(request, await authorizeMutation());
}
