import {
  type AuthProvider,
  Client,
  type ClientOptions,
  type FetchLike,
  SSEClientTransport,
  SseError,
  StreamableHTTPClientTransport,
  type Transport,
} from '@modelcontextprotocol/client';
import { CLIENT_INFO } from '#features/discovery/steps/messages.ts';
import { untilAborted } from '#lib/guarded-fetch/shared-calls.ts';

/** Where a session of a server is, so that another request can go on with it. */
export type Place = {
  sessionId: string | undefined;
  protocolVersion: string | undefined;
  /** Where a session of HTTP+SSE receives messages. */
  messagesUrl: string | undefined;
};

export type Connection = { client: Client; transport: Transport; close: () => Promise<void> };

type ConnectionOptions = {
  era: 'auto' | 'legacy';
  resume: Place | undefined;
  requestInit: RequestInit | undefined;
  authProvider: AuthProvider | undefined;
  capabilities: ClientOptions['capabilities'];
  signal: AbortSignal;
  /** Called before a client connects, to register handlers. */
  onClient: ((client: Client, place: () => Place) => void) | undefined;
};

const CONNECT_TIMEOUT_MS = 30_000;
/** From the request for the stream to its event `endpoint`. */
const ENDPOINT_TIMEOUT_MS = 10_000;

/** The event `endpoint` of a server names a URL that a client must not use. */
export class EndpointError extends Error {
  override readonly name = 'EndpointError';
}

/** There is no stream of HTTP+SSE. */
export class NoStreamError extends Error {
  override readonly name = 'NoStreamError';
}

/** The official SDK client, before it is connected. */
function newClient({ era, capabilities }: ConnectionOptions): Client {
  return new Client(CLIENT_INFO, {
    versionNegotiation: { mode: era },
    capabilities,
    // Schemas are untrusted: a pattern of the server must not run on a text of the server (ReDoS).
    jsonSchemaValidator: {
      getValidator: () => (input) => ({ valid: true, data: input as never, errorMessage: undefined }),
    },
  });
}

/** Connects with Streamable HTTP, in the era that the server supports, or goes on with a session. */
export async function connectByHttp(
  url: string,
  fetch: FetchLike,
  options: ConnectionOptions,
): Promise<Connection> {
  const { resume, authProvider, requestInit, signal, onClient } = options;
  const client = newClient(options);
  const transport = new StreamableHTTPClientTransport(new URL(resume?.messagesUrl ?? url), {
    fetch,
    ...(requestInit && { requestInit }),
    ...(authProvider && { authProvider }),
    sessionId: resume?.sessionId,
    protocolVersion: resume?.protocolVersion,
    onInsufficientScope: 'throw',
    reconnectionOptions: {
      maxRetries: 0,
      initialReconnectionDelay: 1,
      maxReconnectionDelay: 1,
      reconnectionDelayGrowFactor: 1,
    },
  });
  onClient?.(client, () => ({
    sessionId: transport.sessionId,
    protocolVersion: transport.protocolVersion,
    messagesUrl: undefined,
  }));
  if (resume?.messagesUrl === undefined) {
    await connected(client, transport, signal);
    return { client, transport, close: () => client.close() };
  }
  // The request that waits has the session; this one only sends a message to it.
  await transport.start();
  return { client, transport, close: () => transport.close() };
}

/**
 * Connects with HTTP+SSE (2024-11-05): a stream carries all messages of the server, and its first event names the URL
 * for those of the client.
 *
 * @param onEnd - called when the server ends the stream
 * @throws {EndpointError} see there
 * @throws {NoStreamError} see there
 */
export async function connectBySse(
  url: string,
  fetch: FetchLike,
  options: ConnectionOptions & { onEnd: () => void },
): Promise<Connection> {
  const { authProvider, requestInit, signal, onClient, onEnd } = options;
  const client = newClient({ ...options, era: 'legacy' });
  let messagesUrl: string | undefined;
  const transport = new SSEClientTransport(new URL(url), {
    fetch(input, init) {
      if (init?.method === 'POST') messagesUrl = String(input);
      return fetch(input, init);
    },
    ...(requestInit && { requestInit }),
    ...(authProvider && { authProvider }),
  });
  let open = false;
  transport.onerror = (error) => {
    if (open && error instanceof SseError) onEnd();
  };
  const start = transport.start.bind(transport);
  transport.start = async () => {
    const ends = AbortSignal.any([signal, AbortSignal.timeout(ENDPOINT_TIMEOUT_MS)]);
    await untilAborted(start(), ends).catch(explainStart);
    open = true;
  };
  onClient?.(client, () => ({ sessionId: undefined, protocolVersion: undefined, messagesUrl }));
  await connected(client, transport, signal);
  return { client, transport, close: () => client.close() };
}

async function connected(client: Client, transport: Transport, signal: AbortSignal): Promise<void> {
  try {
    // The client does not cancel the first requests of a connection.
    await untilAborted(client.connect(transport, { timeout: CONNECT_TIMEOUT_MS, signal }), signal);
  } catch (error) {
    await client.close();
    throw error;
  }
}

/** The transport rejects an endpoint that is no URL, and one of another origin. */
function explainStart(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof TypeError || message.startsWith('Endpoint origin')) throw new EndpointError(message);
  throw new NoStreamError(message, { cause: error });
}
