import { runInspector } from '#features/inspector/server/http/run.ts';
import { authorizeMutation } from '#lib/session/authorize-mutation.ts';

export async function POST(request: Request) {
  return runInspector(request, await authorizeMutation());
}
