import { runInspector } from '#lib/inspector/http/run.ts';
import { userForMutation } from '#lib/session/mutation.ts';

export async function POST(request: Request) {
  return runInspector(request, await userForMutation());
}
