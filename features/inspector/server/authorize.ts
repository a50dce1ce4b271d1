import 'server-only';
import { authorizeMutation, type MutationRefusal } from '#lib/session/authorize-mutation.ts';
import { type InspectorContext, requestContext } from './context.ts';

/** The context of the current request, or why it is refused. Call it first in every action and route handler. */
export async function authorizedContext(): Promise<InspectorContext | MutationRefusal> {
  const user = await authorizeMutation();
  return typeof user === 'string' ? user : { ...(await requestContext()), user };
}
