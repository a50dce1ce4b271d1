import { hash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Trace } from '#features/discovery/trace.ts';
import type { Database } from '#lib/db/database.ts';
import { rows } from '#lib/db/rows.ts';
import type { InspectorContext } from './context.ts';
import { ownKey } from './context.ts';
import { seal, unseal } from './seal.ts';
import type { Session, Tokens } from './sign-in/flow.ts';
import { refreshTokens, type TokenOutcome } from './sign-in/token-request.ts';

/** How long an outcome is kept, for requests that the browser sent with the cookies of before it. */
const KEPT_SECONDS = 600;
/** A claim without an outcome is void after this time: its process ended. A refresh lasts 10 seconds at most. */
const CLAIM_SECONDS = 30;
const WAIT_MS = 40_000;
const POLL_MS = 100;

type RefreshContext = Pick<InspectorContext, 'config' | 'user' | 'database'>;
type Refreshable = Pick<Session, 'target' | 'client' | 'tokens'>;

/** Of both tokens: without rotation, the next refresh sends the same refresh token. */
const refreshId = ({ target, client, tokens }: Refreshable) =>
  hash(
    'sha256',
    JSON.stringify([target.issuer, client.clientId, tokens.refreshToken, tokens.accessToken]),
    'base64url',
  );

/**
 * Refreshes the tokens of a session once, however many tabs and instances try at the same time: one request sends the
 * refresh token, and the others get its outcome. An authorization server takes a second use for theft and may revoke
 * the grant (RFC 9700 section 4.14.2).
 */
export async function refreshOnce(
  context: RefreshContext,
  trace: Trace,
  session: Refreshable,
): Promise<TokenOutcome> {
  if (session.tokens.refreshToken === undefined) return { problem: { reason: 'session_expired' } };
  const db = await context.database();
  const id = refreshId(session);
  for (const end = Date.now() + WAIT_MS; Date.now() < end; await pause(POLL_MS)) {
    if (await claim(db, id)) return refreshAsClaimed(context, db, id, trace, session);
    const outcome = await outcomeOf(context, db, id);
    if (!outcome) continue;
    for (const token of [outcome.tokens?.accessToken, outcome.tokens?.refreshToken])
      trace.masker.remember(token);
    return outcome;
  }
  return { problem: { reason: 'refresh_in_progress' } };
}

/** The tokens that replaced those of `session`, when another request refreshed them in the last minutes. */
export async function newestTokens(context: RefreshContext, session: Refreshable): Promise<Tokens> {
  if (session.tokens.refreshToken === undefined) return session.tokens;
  const outcome = await outcomeOf(context, await context.database(), refreshId(session));
  return outcome?.tokens ? newestTokens(context, { ...session, tokens: outcome.tokens }) : session.tokens;
}

async function refreshAsClaimed(
  context: RefreshContext,
  db: Database,
  id: string,
  trace: Trace,
  session: Refreshable,
): Promise<TokenOutcome> {
  let sealed: string | undefined;
  try {
    const outcome = await refreshTokens(trace, session, { key: ownKey(context) });
    // After any other failure the refresh token may still be good: the next request tries again.
    if (outcome.tokens || outcome.problem.reason === 'refresh_refused')
      sealed = await seal(context, outcome, { kind: 'refresh', lifetimeSeconds: KEPT_SECONDS });
    return outcome;
  } finally {
    await db.execute(
      sealed === undefined
        ? sql`delete from inspector_refreshes where id = ${id}`
        : sql`update inspector_refreshes set outcome = ${sealed} where id = ${id}`,
    );
  }
}

async function claim(db: Database, id: string): Promise<boolean> {
  const claimed = await rows(
    db,
    sql`insert into inspector_refreshes as known (id) values (${id})
      on conflict (id) do update set claimed_at = now()
        where known.outcome is null and known.claimed_at < now() - make_interval(secs => ${CLAIM_SECONDS})
      returning id`,
  );
  if (claimed.length > 0)
    await db.execute(
      sql`delete from inspector_refreshes where claimed_at < now() - make_interval(secs => ${KEPT_SECONDS})`,
    );
  return claimed.length > 0;
}

async function outcomeOf(
  context: RefreshContext,
  db: Database,
  id: string,
): Promise<TokenOutcome | undefined> {
  const [row] = await rows<{ outcome: string | null }>(
    db,
    sql`select outcome from inspector_refreshes where id = ${id}`,
  );
  return row?.outcome ? unseal<TokenOutcome>(context, row.outcome, 'refresh') : undefined;
}
