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
  /** The one thing the client is given. */
  url: string;
  /** Who signs in at local AuthKit. */
  account: string;
  /** How the client identifies itself: by its metadata document, or by registering. */
  registration: 'cimd' | 'dcr';
  /** `auto` speaks 2026-07-28 and falls back; `legacy` is a client of 2025. */
  era: 'auto' | 'legacy';
  /** What a client that registers calls itself. */
  name?: string;
  /** Redirect URI of the authorization request; by default the first one of our own client metadata document. */
  redirectUrl?: string;
  fetch?: typeof fetch;
  /** Called after each visit to AuthKit in the browser with the authorization request and the redirect back. */
  browsed?: (authorizationUrl: URL, callback: URL) => void;
  /** How the person answers when a tool asks for confirmation; without it the client cannot ask. */
  confirm?: boolean;
};

/**
 * What an OAuth client has to keep, in memory: one person, one server. Where a desktop client would open a
 * browser, the person's part is done by submitting AuthKit's own forms.
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
      throw new Error('the callback has a foreign state');
    this.#browsed?.(authorizationUrl, callback);
    this.#callback = callback;
  }

  /** The redirect that came back from the authorization server, once. */
  takeCallback(): URL | undefined {
    const callback = this.#callback;
    this.#callback = undefined;
    return callback;
  }
}

/** The official MCP client with a person who signs in at local AuthKit whenever the server asks for it. */
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
   * Connects to a server known by its URL alone, signing in on the way.
   *
   * @throws whatever the SDK throws: an OAuth error, `UnauthorizedError` when signing in did not help
   */
  static async connect(options: ScriptedClientOptions): Promise<ScriptedClient> {
    const scripted = new ScriptedClient(options);
    await scripted.#signedIn(async () => {});
    return scripted;
  }

  /** The SDK client, for everything that needs no new consent. */
  get client(): Client {
    return this.#client;
  }

  get tokens(): StoredOAuthTokens | undefined {
    return this.#provider.tokens();
  }

  /** Calls a tool, going through step-up (403 `insufficient_scope`) once if the server asks for it. */
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

  /** Runs `action` connected; when it ends at AuthKit, redeems the code that came back and runs it again. */
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
