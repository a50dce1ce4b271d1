import { useServer } from '#features/inspector/server/http/call-server.ts';
import { userForMutation } from '#lib/session/authorize-mutation.ts';

export async function POST(request: Request) {
  return useServer(request, await userForMutation());
}
