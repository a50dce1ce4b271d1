import { authorizedContext } from '#features/inspector/server/authorize.ts';
import { runInspector } from '#features/inspector/server/run.ts';

export async function POST(request: Request) {
  return runInspector(request, await authorizedContext());
}
