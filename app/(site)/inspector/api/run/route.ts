import { runInspector } from '#features/inspector/server/http/run.ts';
import { userForMutation } from '#lib/session/authorize-mutation.ts';

export async function POST(request: Request) {
  return runInspector(request, await userForMutation());
}
