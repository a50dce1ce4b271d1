import { randomBytes } from 'node:crypto';
import {
  type CallToolResult,
  Client,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { signIn } from '#dev/authkit/driver.ts';
import { CLIENT_METADATA_PATH, clientRedirectUris, RESERVED_CLIENT_HOST } from '#lib/config/urls.ts';

export type ScriptedClientOptions = {
  /** URL of the MCP endpoint, the only thing that the client knows. */
  url: string;
  /** Account at local AuthKit. */
  account: string;
  /** Whether the client identifies itself by its metadata document or registers itself. */
  registration: 'cimd' | 'dcr';
  /** `auto` negotiates 2026-07-28 and falls back; `legacy` is a client of 2025. */
  era: 'auto' | 'legacy';
  /** Name of a client that registers itself. */
  name?: string;
  /** Redirect URI of the authorization request; by default the first one of our own client metadata document. */
  redirectUrl?: string;
  fetch?: typeof fetch;
  /** Called after each visit to AuthKit in the browser with the authorization request and the redirect back. */
  browsed?: (authorizationUrl: URL, callback: URL) => void;
  /** Answer of the person when a tool asks for confirmation; without it the client does not support elicitation. */
  confirm?: boolean;
};

/**
 * Stores in memory what an OAuth client needs for one person and one server. A desktop client would open a browser; this
 * one submits AuthKit's forms.
 */
class MemoryProvider implements OAuthClientProvider {
  readonly redirectUrl: string;
  readonly clientMetadataUrl?: string;
  #callback: URL | undefined;
  readonly #account: string;
  readonly #name: string;
  readonly #browsed: ScriptedClientOptions['browsed'];
  #tokens: StoredOAuthTokens | undefined;
  #client: StoredOAuthClientInformation | undefined;
  #verifier = '';
  #state = '';
  #discovery: OAuthDiscoveryState | undefined;

  constructor({ url, account, registration, browsed, name, redirectUrl }: ScriptedClientOptions) {
    this.#account = account;
    this.#name = name ?? 'Scripted client';
    this.#browsed = browsed;
    this.redirectUrl = redirectUrl ?? clientRedirectUris({ appUrl: new URL(url).origin })[0];
    if (registration === 'cimd')
      this.clientMetadataUrl = `https://${RESERVED_CLIENT_HOST}${CLIENT_METADATA_PATH}`;
  }

  get clientMetadata() {
    return {
      client_name: this.#name,
      redirect_uris: [this.redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    };
  }

  state() {
    this.#state = randomBytes(16).toString('base64url');
    return this.#state;
  }

  clientInformation() {
    return this.#client;
  }

  saveClientInformation(client: StoredOAuthClientInformation) {
    this.#client = client;
  }

  tokens() {
    return this.#tokens;
  }

  saveTokens(tokens: StoredOAuthTokens) {
    this.#tokens = tokens;
  }

  invalidateCredentials(scope: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery') {
    if (scope === 'all' || scope === 'tokens') this.#tokens = undefined;
    if (scope === 'all' || scope === 'client') this.#client = undefined;
    if (scope === 'all' || scope === 'discovery') this.#discovery = undefined;
  }

  saveCodeVerifier(verifier: string) {
    this.#verifier = verifier;
  }

  codeVerifier() {
    return this.#verifier;
  }

  saveDiscoveryState(state: OAuthDiscoveryState) {
    this.#discovery = state;
  }

  discoveryState() {
    return this.#discovery;
  }

  async redirectToAuthorization(authorizationUrl: URL) {
    const callback = await signIn({ authorizationUrl, account: this.#account, decision: 'allow' });
    if (callback.searchParams.get('state') !== this.#state)
      throw new Error('the state of the callback does not match');
    this.#browsed?.(authorizationUrl, callback);
    this.#callback = callback;
  }

  /** The redirect from the authorization server. It is returned once. */
  takeCallback(): URL | undefined {
    const callback = this.#callback;
    this.#callback = undefined;
    return callback;
  }
}

/** The official MCP client, with a person who signs in at local AuthKit when the server requires it. */
export class ScriptedClient {
  readonly #options: ScriptedClientOptions;
  readonly #provider: MemoryProvider;
  #client: Client;

  private constructor(options: ScriptedClientOptions) {
    this.#options = options;
    this.#provider = new MemoryProvider(options);
    this.#client = this.#newClient();
  }

  /**
   * Connects to a server by its URL, and signs in.
   *
   * @throws errors of the SDK: an OAuth error, or `UnauthorizedError` when the token is refused after sign-in
   */
  static async connect(options: ScriptedClientOptions): Promise<ScriptedClient> {
    const scripted = new ScriptedClient(options);
    await scripted.#signedIn(async () => {});
    return scripted;
  }

  /** The SDK client, for requests that need no new consent. */
  get client(): Client {
    return this.#client;
  }

  get tokens(): StoredOAuthTokens | undefined {
    return this.#provider.tokens();
  }

  /** Calls a tool, with one step-up (403 `insufficient_scope`) if the server requires it. */
  callTool(name: string, args: Record<string, unknown> = {}): Promise<CallToolResult> {
    return this.#signedIn(() => this.#client.callTool({ name, arguments: args }));
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #newClient(): Client {
    const { era, confirm } = this.#options;
    const client = new Client(
      { name: 'scripted-client', version: '1.0.0' },
      { capabilities: confirm === undefined ? {} : { elicitation: {} }, versionNegotiation: { mode: era } },
    );
    if (confirm !== undefined)
      client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { confirm } }));
    return client;
  }

  #transport(): StreamableHTTPClientTransport {
    const { url, fetch } = this.#options;
    const options = fetch === undefined ? {} : { fetch };
    return new StreamableHTTPClientTransport(new URL(url), { authProvider: this.#provider, ...options });
  }

  /** Connects and runs `action`. When sign-in was needed, redeems the code and runs it again. */
  async #signedIn<Result>(action: () => Promise<Result>): Promise<Result> {
    const connected = async () => {
      if (this.#client.transport === undefined) {
        this.#client = this.#newClient();
        await this.#client.connect(this.#transport());
      }
      return action();
    };
    try {
      return await connected();
    } catch (error) {
      const callback = this.#provider.takeCallback();
      if (!(error instanceof UnauthorizedError) || callback === undefined) throw error;
      await this.#transport().finishAuth(callback.searchParams);
    }
    await this.#client.close();
    return connected();
  }
}
