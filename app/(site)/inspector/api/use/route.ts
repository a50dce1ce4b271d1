import { useServer } from '#lib/inspector/http/use.ts';
import { userForMutation } from '#lib/session/mutation.ts';

export async function POST(request: Request) {
  return useServer(request, await userForMutation());
}
