import type { NextRequest } from 'next/server';
import { requestContext } from '#features/inspector/server/context.ts';
import { receiveCallback } from '#features/inspector/server/receive-callback.ts';
import { currentUser } from '#lib/session/user.ts';

export async function GET({ nextUrl }: NextRequest) {
  return receiveCallback(nextUrl.searchParams, await currentUser(), await requestContext());
}
