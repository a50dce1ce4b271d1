import { randomBytes } from 'node:crypto';
import type { Person } from './person.ts';

const REDIRECT_URI = 'http://localhost:49153/oauth/callback';

/**
 * What a program that uses a library gives it to sign in: it keeps all of a sign-in in memory. The interface is the one
 * of the official SDK, which the other libraries share.
 */
export class MemoryProvider {
  readonly redirectUrl = REDIRECT_URI;
  readonly #person: Person;
  readonly #name: string;
  readonly #kept = new Map<string, unknown>();
  #verifier = '';
  #state = '';
  #callback: URL | undefined;

  constructor(person: Person, name: string) {
    this.#person = person;
    this.#name = name;
  }

  get clientMetadata() {
    return {
      client_name: this.#name,
      redirect_uris: [REDIRECT_URI],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    };
  }

  state = () => {
    this.#state = randomBytes(16).toString('base64url');
    return this.#state;
  };
  saveState = (state: string) => {
    this.#state = state;
  };
  storedState = () => this.#state;
  clientInformation = () => this.#kept.get('client');
  saveClientInformation = (client: unknown) => void this.#kept.set('client', client);
  isClientInformationDynamicallyRegistered = () => this.#kept.has('client');
  tokens = () => this.#kept.get('tokens');
  saveTokens = (tokens: unknown) => void this.#kept.set('tokens', tokens);
  discoveryState = () => this.#kept.get('discovery');
  saveDiscoveryState = (state: unknown) => void this.#kept.set('discovery', state);
  authorizationServerInformation = () => this.#kept.get('server');
  saveAuthorizationServerInformation = (server: unknown) => void this.#kept.set('server', server);
  codeVerifier = () => this.#verifier;
  saveCodeVerifier = (verifier: string) => {
    this.#verifier = verifier;
  };
  invalidateCredentials = (what: string) => {
    if (what === 'all') this.#kept.clear();
    else this.#kept.delete(what);
  };
  redirectToAuthorization = async (authorizationUrl: URL) => {
    this.#callback = await this.#person.answer(authorizationUrl);
  };

  /**
   * The answer of the authorization server, once. It can be an error.
   */
  takeCallback(): URLSearchParams {
    const parameters = this.#callback?.searchParams;
    this.#callback = undefined;
    if (parameters === undefined) throw new Error('the library did not ask the person to sign in');
    return parameters;
  }
}
