import { completeSignIn } from '#lib/inspector/http/complete.ts';
import { userForMutation } from '#lib/session/mutation.ts';

export async function POST(request: Request) {
  return completeSignIn(request, await userForMutation());
}
