import { createHash, randomBytes } from 'node:crypto';
import { importJWK, type JWK, SignJWT } from 'jose';
import type { Behaviour } from '../options.ts';
import type { Directory } from '../state/directory.ts';
import { newId } from '../state/ids.ts';
import type { Person } from '../state/people.ts';
import type { Store } from '../state/store.ts';
import type { Events } from './events.ts';

/** A person signed in to the app's pages. */
export type Impersonator = { email: string; reason: string | null };

type PageSession = {
  id: string;
  userId: string;
  organizationId?: string;
  impersonator?: Impersonator;
  /** Seconds since the epoch. */
  signedInAt: number;
};

export type PageTokens = { accessToken: string; refreshToken: string };

export type PageSessions = {
  start(
    person: Person,
    details: Pick<PageSession, 'organizationId' | 'impersonator'>,
  ): Promise<{ session: PageSession; tokens: PageTokens }>;
  /** Undefined for a refresh token that is unknown, used, or of an ended session. */
  renew(
    refreshToken: string,
  ): Promise<{ session: PageSession; tokensFor(person: Person): Promise<PageTokens> } | undefined>;
  /** The sessions of a person. */
  of(userId: string): PageSession[];
  switchTo(session: PageSession, organizationId: string): Promise<void>;
  /** Announced by a webhook. */
  end(id: string): Promise<PageSession | undefined>;
};

type Parts = {
  store: Store;
  key: JWK;
  /** Of the session tokens. */
  issuer: string;
  directory: Directory;
  behaviour: Behaviour;
  events: Events;
};

type Renewal = { session: PageSession /** Milliseconds since the epoch. */; usedAt?: number };

const LIFETIME_S = 7 * 24 * 60 * 60;
const ACCESS_TOKEN_LIFETIME_S = 300;

/**
 * Sessions of the app's own pages. Their tokens have another issuer and another key than tokens for MCP, so one is
 * never accepted as the other.
 */
export function openPageSessions(parts: Parts): PageSessions {
  const { store, key, issuer, directory, behaviour, events } = parts;
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
      ...(session.impersonator && { act: { sub: session.impersonator.email } }),
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
    async start(person, details) {
      const signedInAt = Math.floor(Date.now() / 1000);
      const session = { id: newId('session'), userId: person.id, ...details, signedInAt };
      await sessions.set(session.id, session, LIFETIME_S);
      return { session, tokens: await tokens(session, person) };
    },
    async renew(refreshToken) {
      const key = digest(refreshToken);
      const renewal = renewals.get(key);
      const session = renewal && sessions.get(renewal.session.id);
      if (renewal === undefined || session === undefined) return undefined;
      const graceMs = behaviour.sessionReuseGraceSeconds * 1000;
      if (renewal.usedAt !== undefined && Date.now() - renewal.usedAt >= graceMs) return undefined;
      if (renewal.usedAt === undefined)
        await renewals.set(key, { ...renewal, usedAt: Date.now() }, LIFETIME_S);
      return { session, tokensFor: (person) => tokens(session, person) };
    },
    of: (userId) => sessions.where((session) => session.userId === userId).map(([, session]) => session),
    async switchTo(session, organizationId) {
      session.organizationId = organizationId;
      await sessions.set(session.id, session, LIFETIME_S);
    },
    async end(id) {
      const session = sessions.get(id);
      await sessions.delete(id);
      if (session !== undefined) await events.send('session.revoked', sessionObject(session, 'revoked'));
      return session;
    },
  };
}

/** A session as the WorkOS API writes it. */
export function sessionObject(session: PageSession, status: 'active' | 'revoked'): Record<string, unknown> {
  const createdAt = new Date(session.signedInAt * 1000).toISOString();
  const now = new Date().toISOString();
  return {
    object: 'session',
    id: session.id,
    user_id: session.userId,
    organization_id: session.organizationId ?? null,
    ...(session.impersonator && { impersonator: session.impersonator }),
    ip_address: null,
    user_agent: null,
    auth_method: session.impersonator ? 'impersonation' : 'password',
    status,
    expires_at: new Date((session.signedInAt + LIFETIME_S) * 1000).toISOString(),
    ended_at: status === 'revoked' ? now : null,
    created_at: createdAt,
    updated_at: status === 'revoked' ? now : createdAt,
  };
}

/** Refresh tokens are stored as hashes, so the state file gives access to no session. */
function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
