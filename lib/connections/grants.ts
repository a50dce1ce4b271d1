import { and, eq, gt, isNull } from 'drizzle-orm';
import { LRUCache } from 'lru-cache';
import type { Database } from '#lib/db/database.ts';
import { databaseErrorCode } from '#lib/db/errors.ts';
import { connections } from '#lib/db/schema.ts';
import { withDeadline } from '#lib/http/with-deadline.ts';
import { CLOCK_TOLERANCE_SECONDS } from '#lib/oauth/access-token.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import { log } from '#lib/observability/log.ts';
import { WorkosUnavailableError } from '#lib/workos/errors.ts';
import type { Grant } from '#lib/workos/grants.ts';
import { type Context, isForThisServer } from './context.ts';
import { addDenials, type DenialRow, denialOf, denialsOf, liftDenials } from './denial-queries.ts';
import { callerKeys, clientKey, type Person, sessionKey } from './identity.ts';
import { clientKeyOf, ofPerson } from './person-rows.ts';
import { type Gone, saveGrants } from './save-grants.ts';

/** `fresh`: as WorkOS lists them. `stale`: WorkOS did not answer, so these are the last known ones. */
export type GrantsSource = 'fresh' | 'stale';

/** A page that loads, and a refused call, ask WorkOS again after this time. */
const MIN_AGE_MS = 2_000;
/** A page that polls asks again after this time. */
export const POLL_AGE_MS = 30_000;
/** A page waits at most this long for WorkOS. */
const TIMEOUT_MS = 2_500;
const MAX_PEOPLE = 5_000;

type Answer = { began: number; source: Promise<GrantsSource> };

type Asked = {
  /** The last answer for each person. */
  answers: LRUCache<string, Answer>;
  /** The tokens whose refused calls asked. */
  tokens: WeakSet<Caller>;
};

const askedBy = new WeakMap<Context, Asked>();

function askedOf(context: Context): Asked {
  let asked = askedBy.get(context);
  if (asked === undefined) {
    asked = { answers: new LRUCache({ max: MAX_PEOPLE }), tokens: new WeakSet() };
    askedBy.set(context, asked);
  }
  return asked;
}

/** Makes the next reader ask WorkOS, because the grants of this person changed. */
export function expireGrants(context: Context, { subject }: Person): void {
  askedOf(context).answers.delete(subject);
}

/**
 * Saves the grants that WorkOS lists for a person in `connections`. All readers share one request. Does not throw when
 * WorkOS or the database fails.
 *
 * @param maxAgeMs - an answer of this age is good enough
 * @param consent - key of the consent whose denial may be lifted
 */
export function refreshGrants(
  context: Context,
  person: Person,
  maxAgeMs = MIN_AGE_MS,
  consent?: string,
): Promise<GrantsSource> {
  const { answers } = askedOf(context);
  const now = context.now().getTime();
  let answer = answers.get(person.subject);
  if (answer === undefined || now - answer.began > maxAgeMs) {
    answer = { began: now, source: fetchGrants(context, person, consent) };
    answers.set(person.subject, answer);
  }
  return withDeadline(answer.source, TIMEOUT_MS, () => 'stale');
}

/**
 * Asks WorkOS whether the client of a refused call has a new grant: immediately for each token, then at most every two
 * seconds until an answer is newer than the token.
 */
export async function refreshGrantsOf(context: Context, caller: Caller): Promise<void> {
  const { tokens } = askedOf(context);
  const age = context.now().getTime() - (caller.issuedAt + CLOCK_TOLERANCE_SECONDS) * 1000;
  const maxAgeMs = tokens.has(caller) ? Math.max(age, MIN_AGE_MS) : -1;
  tokens.add(caller);
  const { session } = callerKeys(caller);
  const source = await refreshGrants(context, caller, maxAgeMs, session);
  if (source === 'stale') await refreshGrants(context, caller, MIN_AGE_MS, session);
}

async function fetchGrants(context: Context, person: Person, consent?: string): Promise<GrantsSource> {
  const began = context.now();
  try {
    // Before WorkOS is asked: what it lists then is newer than the deletions up to this version.
    const version = await context.denylist.version();
    const list = await context.grants.list(person.subject);
    const gone = await saveGrants(context, person, list, began);
    await denyGone(context, person, gone);
    if (list.grants.length > 0) await lift(context, person, version, list.grants, consent);
    return 'fresh';
  } catch (error) {
    const status = error instanceof WorkosUnavailableError ? error.status : undefined;
    log('warn', 'grants.unavailable', { reason: databaseErrorCode(error), status });
    return 'stale';
  }
}

/** Denies clients whose grant was deleted at WorkOS itself. */
async function denyGone(context: Context, person: Person, gone: readonly Gone[]): Promise<void> {
  const db = await context.database();
  for (const { key, applicationId, denials } of gone) {
    const at = context.now();
    const found = denials.map((denial) =>
      denial.target === key
        ? { ...denial, deletion: 'gone' as const, deletedAt: at, applicationId }
        : { ...denial, deletedAt: at, applicationId },
    );
    const event = { ...person, connectionId: key, event: 'grant_gone', by: '' } as const;
    const added = await addDenials(db, async () => ({ wanted: found, events: [event] }), at);
    context.denylist.current.apply(added.map(denialOf));
  }
}

/**
 * Lifts the denials of clients that WorkOS lists again. That of a consent only when a call of it asked, and no newer
 * consent replaced it: then a refresh token may have survived.
 *
 * @param version - of the newest denial that was stored when WorkOS was asked
 */
async function lift(
  context: Context,
  person: Person,
  version: number,
  listedGrants: readonly Grant[],
  consent: string | undefined,
): Promise<void> {
  const grants = listedGrants.filter((grant) => isForThisServer(context, grant));
  const keys = new Set(
    grants.map(({ clientId }) => clientKey({ ...person, clientId, sessionId: undefined })),
  );
  const applications = new Set<string | null>(grants.map(({ applicationId }) => applicationId));
  const db = await context.database();
  const denials = await denialsOf(db, person);
  // WorkOS does not say for which organization it lists a grant.
  const sole = new Set<string>();
  for (const { organizationId } of denials)
    if (organizationId !== null && (await context.grants.soleOrganization?.(person.subject, organizationId)))
      sole.add(organizationId);
  const lifted = denials.filter(
    ({ target, parent, clientId, applicationId, organizationId, ...denial }) =>
      (organizationId === null || sole.has(organizationId)) &&
      (clientId !== null || target === consent) &&
      denial.version <= version &&
      denial.regrantedAt === null &&
      denial.deletedAt !== null &&
      denial.deletedAt >= denial.revokedAt &&
      (keys.has(parent ?? target) || applications.has(applicationId)),
  );
  const asking = lifted.find(({ target }) => target === consent);
  const denied = new Set(denials.map(({ target }) => target));
  if (asking !== undefined && (await wasReplaced(db, asking, denied)))
    lifted.splice(lifted.indexOf(asking), 1);
  const changed = await liftDenials(db, lifted, context.now());
  context.denylist.current.apply(changed.map(denialOf));
}

/**
 * Whether the client of a revoked consent used one that never was revoked. Of a consent whose tokens name no client, the
 * client may be that of any such consent that was first used after the revocation.
 */
async function wasReplaced(
  db: Database,
  { parent, revokedAt, issuer, subject }: DenialRow,
  denied: ReadonlySet<string>,
): Promise<boolean> {
  const used = await db
    .select({ sessionIds: connections.sessionIds })
    .from(connections)
    .where(
      and(
        ofPerson(connections, { issuer, subject }),
        parent === null
          ? and(isNull(connections.clientId), gt(connections.firstSeen, revokedAt))
          : eq(clientKeyOf, parent),
      ),
    );
  return used
    .flatMap(({ sessionIds }) => sessionIds)
    .some((sid) => !denied.has(sessionKey({ issuer, subject }, sid)));
}
