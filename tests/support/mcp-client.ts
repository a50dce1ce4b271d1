import {
  Client,
  type OAuthClientInformationMixed,
  type OAuthClientMetadata,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  type OAuthTokens,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { type CookieJar, signIn } from '#dev/authkit/driver.ts';
import { CLIENT_METADATA_PATH, RESERVED_CLIENT_HOST } from '#lib/config/urls.ts';

/** How a client comes to be known: by its metadata document, or by registering itself. */
type Registration = 'cimd' | 'dcr';

export type ConnectOptions = {
  /** The `/mcp` URL: all that a client knows. */
  serverUrl: string;
  /** Who signs in at local AuthKit, and in which browser. */
  account: 'ada' | 'ben' | (string & {});
  jar?: CookieJar;
  registration?: Registration;
  /** `auto` speaks 2026-07-28, `legacy` the 2025 revisions with their handshake. */
  era?: 'auto' | 'legacy';
  /** What a client that registers itself calls itself. */
  name?: string;
};

export type ConnectedClient = {
  client: Client;
  /** The tokens as they are now; the SDK refreshes them. */
  tokens(): OAuthTokens | undefined;
  clientId(): string;
  /** Authorization requests that were made so far: each one took a person to the consent page. */
  authorizations: URL[];
  /** Goes to the consent page again and exchanges the code, as a client does after a 401 it cannot refresh. */
  signInAgain(): Promise<void>;
  close(): Promise<void>;
};

/** An OAuth client that keeps everything in memory and has the driver press the buttons. */
class DrivenProvider implements OAuthClientProvider {
  readonly clientMetadataUrl?: string;
  readonly redirectUrl: string;
  readonly clientMetadata: OAuthClientMetadata;
  readonly authorizations: URL[] = [];
  information: OAuthClientInformationMixed | undefined;
  stored: OAuthTokens | undefined;
  answer: URL | undefined;
  private discovery: OAuthDiscoveryState | undefined;
  private verifier = '';
  private readonly options: ConnectOptions;

  constructor(options: ConnectOptions) {
    this.options = options;
    const appUrl = new URL(options.serverUrl).origin;
    const cimd = (options.registration ?? 'cimd') === 'cimd';
    // Only our own document can be read by local AuthKit without a network; its redirect goes to the inspector.
    this.redirectUrl = cimd ? `${appUrl}/inspector/callback` : 'http://127.0.0.1:49152/callback';
    if (cimd) this.clientMetadataUrl = `https://${RESERVED_CLIENT_HOST}${CLIENT_METADATA_PATH}`;
    this.clientMetadata = {
      client_name: options.name ?? 'Test client',
      redirect_uris: [this.redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    };
  }
  clientInformation() {
    return this.information;
  }
  saveClientInformation(information: OAuthClientInformationMixed) {
    this.information = information;
  }
  tokens() {
    return this.stored;
  }
  saveTokens(tokens: OAuthTokens) {
    this.stored = tokens;
  }
  async redirectToAuthorization(authorizationUrl: URL) {
    this.authorizations.push(authorizationUrl);
    const { account, jar } = this.options;
    this.answer = await signIn({ authorizationUrl, account, ...(jar && { jar }) });
  }
  saveCodeVerifier(verifier: string) {
    this.verifier = verifier;
  }
  codeVerifier() {
    return this.verifier;
  }
  saveDiscoveryState(state: OAuthDiscoveryState) {
    this.discovery = state;
  }
  discoveryState() {
    return this.discovery;
  }
  invalidateCredentials(scope: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery') {
    if (scope === 'all' || scope === 'tokens') this.stored = undefined;
    if (scope === 'all' || scope === 'client') this.information = undefined;
    if (scope === 'all' || scope === 'discovery') this.discovery = undefined;
  }
}

/**
 * Connects the official SDK client to a server, knowing only its URL: discovery, sign-in and consent at local
 * AuthKit, token.
 */
export async function connectClient(options: ConnectOptions): Promise<ConnectedClient> {
  const provider = new DrivenProvider(options);
  const open = async () => {
    const client = new Client(
      { name: options.name ?? 'test-client', version: '1.0.0' },
      { versionNegotiation: { mode: options.era ?? 'auto' } },
    );
    const transport = new StreamableHTTPClientTransport(new URL(options.serverUrl), {
      authProvider: provider,
    });
    return { client, transport };
  };
  const finish = async (transport: StreamableHTTPClientTransport) => {
    if (!provider.answer) throw new Error('No sign-in was asked for');
    await transport.finishAuth(provider.answer.searchParams);
    provider.answer = undefined;
  };
  let connection = await open();
  const connect = async () => {
    try {
      await connection.client.connect(connection.transport);
    } catch (error) {
      if (!(error instanceof UnauthorizedError)) throw error;
      await finish(connection.transport);
      connection = await open();
      await connection.client.connect(connection.transport);
    }
  };
  await connect();
  return {
    get client() {
      return connection.client;
    },
    tokens: () => provider.stored,
    clientId: () => provider.information?.client_id ?? '',
    authorizations: provider.authorizations,
    async signInAgain() {
      await connection.client.close();
      provider.stored = undefined;
      connection = await open();
      await connect();
    },
    close: () => connection.client.close(),
  };
}
