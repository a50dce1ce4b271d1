import { createHash, randomBytes } from 'node:crypto';
import { importJWK, type JWK, SignJWT } from 'jose';
import type { Behaviour } from '../options.ts';
import type { Directory } from '../state/directory.ts';
import { newId } from '../state/ids.ts';
import type { Person } from '../state/people.ts';
import type { Store } from '../state/store.ts';

/** A person signed in to the app's pages. */
type PageSession = {
  id: string;
  userId: string;
  organizationId?: string;
  /** Seconds since the epoch. */
  signedInAt: number;
};

export type PageTokens = { accessToken: string; refreshToken: string };

export type PageSessions = {
  start(
    person: Person,
    organizationId: string | undefined,
  ): Promise<{ session: PageSession; tokens: PageTokens }>;
  /** Undefined for a refresh token that is unknown, used, or of an ended session. */
  renew(
    refreshToken: string,
  ): Promise<{ session: PageSession; tokensFor(person: Person): Promise<PageTokens> } | undefined>;
  end(id: string): Promise<PageSession | undefined>;
};

type Parts = {
  store: Store;
  key: JWK;
  /** Of the session tokens. */
  issuer: string;
  directory: Directory;
  behaviour: Behaviour;
};

type Renewal = { session: PageSession /** Milliseconds since the epoch. */; usedAt?: number };

const LIFETIME_S = 7 * 24 * 60 * 60;
const ACCESS_TOKEN_LIFETIME_S = 300;

/**
 * Sessions of the app's own pages. Their tokens have another issuer and another key than tokens for MCP, so one is
 * never accepted as the other.
 */
export function openPageSessions(parts: Parts): PageSessions {
  const { store, key, issuer, directory, behaviour } = parts;
  const sessions = store.collection<PageSession>('page_session');
  const renewals = store.collection<Renewal>('page_refresh_token');

  async function tokens(session: PageSession, person: Person): Promise<PageTokens> {
    const refreshToken = randomBytes(32).toString('base64url');
    await renewals.set(digest(refreshToken), { session }, LIFETIME_S);
    return { accessToken: await accessToken(session, person), refreshToken };
  }

  async function accessToken(session: PageSession, { id }: Person): Promise<string> {
    const membership = directory.of(id).find((one) => one.organizationId === session.organizationId);
    return new SignJWT({
      sid: session.id,
      auth_time: session.signedInAt,
      ...(membership && {
        org_id: membership.organizationId,
        role: membership.roles[0],
        roles: membership.roles,
      }),
      permissions: directory.permissions(membership),
      entitlements: [],
      feature_flags: [],
    })
      .setProtectedHeader({ alg: 'RS256', kid: key.kid ?? '' })
      .setIssuer(issuer)
      .setSubject(id)
      .setJti(newId('token'))
      .setIssuedAt()
      .setExpirationTime(`${ACCESS_TOKEN_LIFETIME_S}s`)
      .sign(await importJWK(key, 'RS256'));
  }

  return {
    async start(person, organizationId) {
      const signedInAt = Math.floor(Date.now() / 1000);
      const session = { id: newId('session'), userId: person.id, organizationId, signedInAt };
      await sessions.set(session.id, session, LIFETIME_S);
      return { session, tokens: await tokens(session, person) };
    },
    async renew(refreshToken) {
      const key = digest(refreshToken);
      const renewal = renewals.get(key);
      if (renewal === undefined || sessions.get(renewal.session.id) === undefined) return undefined;
      const graceMs = behaviour.sessionReuseGraceSeconds * 1000;
      if (renewal.usedAt !== undefined && Date.now() - renewal.usedAt >= graceMs) return undefined;
      if (renewal.usedAt === undefined)
        await renewals.set(key, { ...renewal, usedAt: Date.now() }, LIFETIME_S);
      return { session: renewal.session, tokensFor: (person) => tokens(renewal.session, person) };
    },
    async end(id) {
      const session = sessions.get(id);
      await sessions.delete(id);
      return session;
    },
  };
}

/** Refresh tokens are stored as hashes, so the state file gives access to no session. */
function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
