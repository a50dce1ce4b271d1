import 'server-only';
import type { JWTPayload } from 'jose';
import { config } from '#lib/config/env.ts';
import { db } from '#lib/db/connection.ts';
import { endedAmong, personEnd, sessionEnd } from '#lib/db/ended.ts';

/**
 * Whether WorkOS reported that a page session has ended, or that its person was deleted. Asks the database, so that it
 * holds on every instance immediately; only while webhooks are on.
 *
 * @param claims - of the verified access token of the session
 * @throws when the database cannot be reached
 */
export async function isSessionEnded({ sid, sub }: JWTPayload): Promise<boolean> {
  const { webhookSecret, authkitDomain } = config();
  if (webhookSecret === undefined) return false;
  const keys = [sessionEnd(String(sid)), personEnd({ issuer: authkitDomain, subject: String(sub) })];
  return (await endedAmong(await db('pages'), keys)).size > 0;
}
