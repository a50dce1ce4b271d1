import type { NextRequest } from 'next/server';
import { userOrUnavailable } from '#lib/session/user.ts';
import { requestContext } from './context.ts';
import { receiveCallback } from './receive-callback.ts';

/** `GET /inspector/callback`. While the session cannot be checked it is 503 and the flow remains, so a reload completes it. */
export async function callbackRoute({ nextUrl }: NextRequest): Promise<Response> {
  const user = await userOrUnavailable();
  return user instanceof Response
    ? user
    : receiveCallback(nextUrl.searchParams, user, await requestContext());
}
