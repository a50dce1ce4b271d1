import { useServer } from '#features/inspector/server/http/call-server.ts';
import { authorizeMutation } from '#lib/session/authorize-mutation.ts';

export async function POST(request: Request) {
  return useServer(request, await authorizeMutation());
}
