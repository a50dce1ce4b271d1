import { authorizedContext } from '#features/inspector/server/authorize.ts';
import { callRoute } from '#features/inspector/server/call-route.ts';

export async function POST(request: Request) {
  return callRoute(request, await authorizedContext());
}
