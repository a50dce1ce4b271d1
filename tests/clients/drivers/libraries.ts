import { freePort } from '#tests/support/free-port.ts';
import type { ClientUnderTest } from '../client.ts';
import { MemoryProvider } from '../memory-provider.ts';
import { OWN_DOCUMENT } from '../stage.ts';

const text = (result: unknown) => JSON.stringify(result);
const DENIED = 'the program that uses the library receives the redirect';
/** What makes AuthKit issue a refresh token. */
const SCOPE = 'openid profile offline_access';
const ASKS = 'Signed in by `auth()` with `scope: "openid profile offline_access"` before the first request.';

type Named = { name: string };

const sdk2: ClientUnderTest = {
  id: 'sdk-2',
  name: 'TypeScript SDK 2.x',
  packages: { '@modelcontextprotocol/client': '2.4.0' },
  async open({ url, person, load }) {
    const { Client, StreamableHTTPClientTransport } = await load('@modelcontextprotocol/client');
    const provider = new MemoryProvider(person, 'TypeScript SDK 2.x');
    const transport = () => new StreamableHTTPClientTransport(new URL(url), { authProvider: provider });
    const connect = async () => {
      const connected = new Client(
        { name: 'sdk-2', version: '1.0.0' },
        { versionNegotiation: { mode: 'auto' } },
      );
      await connected.connect(transport());
      return connected;
    };
    let client: Awaited<ReturnType<typeof connect>>;
    return {
      async signIn() {
        await client?.close();
        client = await connect().catch(async () => {
          await transport().finishAuth(provider.takeCallback());
          return connect();
        });
      },
      tools: async () => (await client.listTools()).tools.map(({ name }: Named) => name),
      call: async (name) => text(await client.callTool({ name, arguments: {} })),
      close: () => client?.close(),
    };
  },
};

const sdk1: ClientUnderTest = {
  id: 'sdk-1',
  name: 'TypeScript SDK 1.x',
  packages: { '@modelcontextprotocol/sdk': '1.32.2' },
  async open({ url, person, load }) {
    const { Client } = await load('@modelcontextprotocol/sdk/client/index.js');
    const { StreamableHTTPClientTransport } = await load(
      '@modelcontextprotocol/sdk/client/streamableHttp.js',
    );
    const { auth } = await load('@modelcontextprotocol/sdk/client/auth.js');
    const provider = new MemoryProvider(person, 'TypeScript SDK 1.x');
    let client: InstanceType<typeof Client>;
    return {
      async signIn() {
        await client?.close();
        provider.invalidateCredentials('tokens');
        await auth(provider, { serverUrl: url, scope: SCOPE });
        await auth(provider, { serverUrl: url, authorizationCode: provider.takeCallback().get('code') });
        client = new Client({ name: 'sdk-1', version: '1.0.0' });
        await client.connect(new StreamableHTTPClientTransport(new URL(url), { authProvider: provider }));
      },
      tools: async () => (await client.listTools()).tools.map(({ name }: Named) => name),
      call: async (name) => text(await client.callTool({ name, arguments: {} })),
      close: () => client?.close(),
    };
  },
  untestable: { deny: DENIED },
  remark: ASKS,
};

const aiSdk: ClientUnderTest = {
  id: 'ai-sdk',
  name: 'AI SDK',
  packages: { '@ai-sdk/mcp': '2.0.99' },
  async open({ url, person, load }) {
    const { auth, createMCPClient } = await load('@ai-sdk/mcp');
    const provider = new MemoryProvider(person, 'AI SDK');
    let client: Awaited<ReturnType<typeof createMCPClient>>;
    return {
      async signIn() {
        await client?.close();
        provider.invalidateCredentials('tokens');
        await auth(provider, { serverUrl: url, scope: SCOPE });
        const answer = provider.takeCallback();
        await auth(provider, {
          serverUrl: url,
          authorizationCode: answer.get('code'),
          callbackState: answer.get('state'),
          callbackIssuer: answer.get('iss') ?? undefined,
        });
        client = await createMCPClient({ transport: { type: 'http', url, authProvider: provider } });
      },
      tools: async () => Object.keys(await client.tools()),
      call: async (name) =>
        text(await (await client.tools())[name].execute({}, { toolCallId: '1', messages: [] })),
      close: () => client?.close(),
    };
  },
  untestable: { deny: DENIED },
  remark: ASKS,
};

const langChain: ClientUnderTest = {
  id: 'langchain',
  name: 'LangChain',
  packages: { '@langchain/mcp-adapters': '1.1.4' },
  async open({ url, person, load }) {
    const { MultiServerMCPClient } = await load('@langchain/mcp-adapters');
    const { auth } = await load('@modelcontextprotocol/sdk/client/auth.js');
    const provider = new MemoryProvider(person, 'LangChain');
    let client: InstanceType<typeof MultiServerMCPClient>;
    return {
      async signIn() {
        await client?.close();
        provider.invalidateCredentials('tokens');
        await auth(provider, { serverUrl: url, scope: SCOPE });
        await auth(provider, { serverUrl: url, authorizationCode: provider.takeCallback().get('code') });
        client = new MultiServerMCPClient({
          mcpServers: { server: { transport: 'http', url, authProvider: provider } },
        });
        await client.initializeConnections();
      },
      tools: async () => (await client.getTools()).map(({ name }: Named) => name),
      async call(name) {
        const tools: (Named & { invoke(input: object): Promise<unknown> })[] = await client.getTools();
        return text(await tools.find((tool) => tool.name.endsWith(name))?.invoke({}));
      },
      close: () => client?.close(),
    };
  },
  untestable: { deny: DENIED },
  remark: ASKS,
};

const mastra: ClientUnderTest = {
  id: 'mastra',
  name: 'Mastra',
  packages: { '@mastra/mcp': '2.0.0' },
  usesOwnDocument: true,
  async open({ url, person, home, load }) {
    const { MCPClient, MCPOAuthClientProvider } = await load('@mastra/mcp');
    const redirectUrl = `http://127.0.0.1:${await freePort()}/oauth/callback`;
    let client: InstanceType<typeof MCPClient>;
    const tools = async () => {
      const found: Record<string, { execute(input: object, context: object): Promise<unknown> }> =
        await client.listTools();
      if (Object.keys(found).length === 0) throw new Error('no tools');
      return found;
    };
    return {
      async signIn() {
        await client?.disconnect();
        const authProvider = new MCPOAuthClientProvider({
          redirectUrl,
          clientMetadataUrl: OWN_DOCUMENT.client_id,
          clientMetadata: { ...OWN_DOCUMENT, redirect_uris: [redirectUrl] },
          async onRedirectToAuthorization(authorizationUrl: URL) {
            const callback = await person.answer(authorizationUrl);
            fetch(callback).catch(() => undefined);
          },
        });
        client = new MCPClient({ id: home, servers: { server: { url: new URL(url), authProvider } } });
        await client.authenticate('server');
      },
      tools: async () => Object.keys(await tools()),
      call: async (name) => text(await (await tools())[`server_${name}`]?.execute({}, {})),
      close: () => client?.disconnect(),
    };
  },
  remark: 'It refuses to register itself: it needs the URL of your own metadata document, or a client ID.',
};

export const libraries: readonly ClientUnderTest[] = [sdk2, sdk1, aiSdk, langChain, mastra];
