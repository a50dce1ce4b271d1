import type { AdapterPayload } from 'oidc-provider';
import { newId, stableId } from './ids.ts';
import type { Store } from './store.ts';

/** A client that a person consented to, as AuthKit stores it. */
export type Application = {
  id: string;
  clientId: string;
  name: string;
  registration: 'metadata_document' | 'dynamic';
  redirectUris: string[];
  /** ISO 8601. */
  createdAt: string;
  updatedAt: string;
};

/** A consent: the client may act for the person. Its id is the `sid` of the tokens. */
export type Consent = {
  id: string;
  userId: string;
  clientId: string;
  scopes: string[];
  resources: string[];
};

export type Grants = {
  /** The current consent, if any. A person has at most one for each client, as in AuthKit. */
  consentOf(userId: string, clientId: string): Consent | undefined;
  /** Newest first. */
  consentsOf(userId: string): Consent[];
  application(clientId: string): Application | undefined;
  rememberApplication(seen: Omit<Application, 'id' | 'createdAt' | 'updatedAt'>): Promise<void>;
  /** Ends a consent with its refresh tokens and codes. Access tokens remain valid until they expire. */
  end(consentId: string): Promise<void>;
};

const TOKEN_MODELS = ['RefreshToken', 'AuthorizationCode', 'AccessToken'];

/** The grants of `oidc-provider` as consents of AuthKit. */
export function openGrants(store: Store): Grants {
  const grants = store.collection<AdapterPayload>('Grant');
  const applications = store.collection<Application>('application');
  const consents = (matches: (grant: AdapterPayload) => boolean) =>
    grants.where(matches).map(([id, payload]) => consent(id, payload));

  return {
    consentOf: (userId, clientId) =>
      consents((grant) => grant.accountId === userId && grant.clientId === clientId)[0],
    consentsOf: (userId) =>
      consents((grant) => grant.accountId === userId).sort((a, b) => (a.id < b.id ? 1 : -1)),
    application: (clientId) => applications.get(clientId),
    async rememberApplication(seen) {
      const now = new Date().toISOString();
      const createdAt = applications.get(seen.clientId)?.createdAt ?? now;
      const id = stableId('conn_app', seen.clientId);
      await applications.set(seen.clientId, { ...seen, id, createdAt, updatedAt: now });
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
}

/** The id of a new consent. */
export function newConsentId(): string {
  return newId('app_consent');
}

function consent(id: string, payload: AdapterPayload): Consent {
  const resources: Record<string, string> = isStrings(payload.resources) ? payload.resources : {};
  const openid = payload.openid as { scope?: string } | undefined;
  const scopes = [openid?.scope ?? '', ...Object.values(resources)].join(' ').split(' ');
  return {
    id,
    userId: payload.accountId ?? '',
    clientId: payload.clientId ?? '',
    scopes: [...new Set(scopes)].filter((scope) => scope !== ''),
    resources: Object.keys(resources),
  };
}

function isStrings(value: unknown): value is Record<string, string> {
  return typeof value === 'object' && value !== null;
}
