import type { AdapterPayload } from 'oidc-provider';
import type { Behaviour } from '../options.ts';
import { newId, stableId } from './ids.ts';
import type { Store } from './store.ts';

/** A client that a person consented to, as AuthKit stores it. */
export type Application = {
  clientId: string;
  name: string;
  registration: 'metadata_document' | 'dynamic';
  redirectUris: string[];
  /** ISO 8601. */
  createdAt: string;
  updatedAt: string;
};

/** A consent: the client may act for the person, in one organization or in none. Its id is the `sid` of the tokens. */
export type Consent = {
  id: string;
  userId: string;
  clientId: string;
  organizationId: string | undefined;
  scopes: string[];
  resources: string[];
};

/** What `oidc-provider` does not store about a consent. Times are milliseconds since the epoch. */
type Facts = { organizationId?: string; since: number; endedAt?: number };

export type Grants = {
  /** The current consent, if any. A person has at most one for each client and organization. */
  consentOf(userId: string, clientId: string, organizationId: string | undefined): Consent | undefined;
  /** The consents in force, newest first. */
  consentsOf(userId: string): Consent[];
  /** The same as the list shows them, which may be late. */
  listedOf(userId: string): Consent[];
  /** People with a consent in an organization. */
  peopleOf(organizationId: string): string[];
  /** The organization of a consent, also of a deleted one whose refresh tokens still work. */
  organizationOf(consentId: string): string | undefined;
  /** The id of a new consent. With `reconsentSid: 'same'` that of the deleted one. */
  begin(userId: string, clientId: string, organizationId: string | undefined): Promise<string>;
  application(clientId: string): Application | undefined;
  applicationId(clientId: string): string;
  /** The client id that the grants API shows. */
  shownClientId(clientId: string): string;
  rememberApplication(seen: Omit<Application, 'createdAt' | 'updatedAt'>): Promise<void>;
  /** Deletes a consent as the API does. Access tokens remain valid until they expire. */
  delete(consentId: string): Promise<void>;
  /** Ends a consent with its refresh tokens and codes. */
  end(consentId: string): Promise<void>;
};

const TOKEN_MODELS = ['RefreshToken', 'AuthorizationCode', 'AccessToken', 'DeviceCode'];

/** The grants of `oidc-provider` as consents of AuthKit. */
export function openGrants(store: Store, behaviour: Behaviour): Grants {
  const grants = store.collection<AdapterPayload>('Grant');
  const facts = store.collection<Facts>('consent');
  const former = store.collection<string>('former_consent');
  const gone = store.collection<Consent & { endedAt: number }>('gone_consent');
  const applications = store.collection<Application>('application');
  const keyOf = (userId: string, clientId: string, organizationId = '') =>
    `${userId} ${organizationId} ${clientId}`;
  const all = (matches: (grant: AdapterPayload) => boolean): Consent[] =>
    grants
      .where(matches)
      .filter(([id]) => facts.get(id)?.endedAt === undefined)
      .map(([id, payload]) => consent(id, payload, facts.get(id)?.organizationId))
      .sort((a, b) => (a.id < b.id ? 1 : -1));
  const consentsOf = (userId: string) => all((grant) => grant.accountId === userId);

  const result: Grants = {
    consentOf: (userId, clientId, organizationId) =>
      consentsOf(userId).find((one) => one.clientId === clientId && one.organizationId === organizationId),
    consentsOf,
    listedOf(userId) {
      const then = Date.now() - behaviour.grantListLagSeconds * 1000;
      const ended = gone.where((one) => one.userId === userId && one.endedAt > then);
      const current = consentsOf(userId).filter(({ id }) => (facts.get(id)?.since ?? 0) <= then);
      return [...current, ...ended.map(([, one]) => one)].sort((a, b) => (a.id < b.id ? 1 : -1));
    },
    peopleOf: (organizationId) => [
      ...new Set(
        all(() => true)
          .filter((one) => one.organizationId === organizationId)
          .map(({ userId }) => userId),
      ),
    ],
    organizationOf: (consentId) => facts.get(consentId)?.organizationId,
    async begin(userId, clientId, organizationId) {
      const key = keyOf(userId, clientId, organizationId);
      const before = behaviour.reconsentSid === 'same' ? former.get(key) : undefined;
      const id = before ?? newId('app_consent');
      await facts.set(id, { organizationId, since: Date.now() });
      await former.set(key, id);
      return id;
    },
    application: (clientId) => applications.get(clientId),
    applicationId: (clientId) => stableId(behaviour.applicationIdPrefix, clientId),
    shownClientId: (clientId) =>
      behaviour.grantClientId === 'id' && clientId.startsWith('https:')
        ? stableId('client', clientId)
        : clientId,
    async rememberApplication(seen) {
      const now = new Date().toISOString();
      const createdAt = applications.get(seen.clientId)?.createdAt ?? now;
      await applications.set(seen.clientId, { ...seen, createdAt, updatedAt: now });
    },
    async delete(consentId) {
      const payload = grants.get(consentId);
      const known = facts.get(consentId) ?? { since: 0 };
      const endedAt = Date.now();
      if (payload !== undefined && behaviour.grantListLagSeconds > 0)
        await gone.set(
          consentId,
          { ...consent(consentId, payload, known.organizationId), endedAt },
          behaviour.grantListLagSeconds,
        );
      if (behaviour.deleteEndsRefreshTokens) return result.end(consentId);
      await facts.set(consentId, { ...known, endedAt });
    },
    async end(consentId) {
      const doomed = TOKEN_MODELS.map((model) => {
        const tokens = store.collection<AdapterPayload>(model);
        const theirs = tokens.where((token) => token.grantId === consentId);
        return tokens.delete(theirs.map(([id]) => id));
      });
      await Promise.all([...doomed, grants.delete(consentId)]);
    },
  };
  return result;
}

function consent(id: string, payload: AdapterPayload, organizationId: string | undefined): Consent {
  const resources: Record<string, string> = isStrings(payload.resources) ? payload.resources : {};
  const openid = payload.openid as { scope?: string } | undefined;
  const scopes = [openid?.scope ?? '', ...Object.values(resources)].join(' ').split(' ');
  return {
    id,
    userId: payload.accountId ?? '',
    clientId: payload.clientId ?? '',
    organizationId,
    scopes: [...new Set(scopes)].filter((scope) => scope !== ''),
    resources: Object.keys(resources),
  };
}

function isStrings(value: unknown): value is Record<string, string> {
  return typeof value === 'object' && value !== null;
}
