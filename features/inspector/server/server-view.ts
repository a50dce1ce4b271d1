import {
  type Client,
  type Implementation,
  type Prompt,
  ProtocolError,
  ProtocolErrorCode,
  type Resource,
  type ResourceTemplateType,
  SSEClientTransport,
  type Tool,
} from '@modelcontextprotocol/client';

/** The capabilities of a server. Everything in it is untrusted text. */
export type ServerView = {
  era: 'modern' | 'legacy' | undefined;
  /** Whether it was reached with HTTP+SSE, the transport of 2024-11-05. */
  sse: boolean;
  protocolVersion: string | undefined;
  serverInfo: Pick<Implementation, 'name' | 'version' | 'title'> | undefined;
  instructions: string | undefined;
  capabilities: Readonly<Record<string, unknown>>;
  tools: readonly Tool[];
  resources: readonly Resource[];
  resourceTemplates: readonly ResourceTemplateType[];
  prompts: readonly Prompt[];
};

const MAX_LISTED = 500;

/** Reads the capabilities of a connected server and lists its tools, resources and prompts. */
export async function viewServer(client: Client): Promise<ServerView> {
  const capabilities = client.getServerCapabilities() ?? {};
  const { tools, resources, prompts } = capabilities;
  const serverInfo = client.getServerVersion();
  return {
    era: client.getProtocolEra(),
    sse: client.transport instanceof SSEClientTransport,
    protocolVersion: client.getNegotiatedProtocolVersion(),
    serverInfo: serverInfo && {
      name: serverInfo.name,
      version: serverInfo.version,
      title: serverInfo.title,
    },
    instructions: client.getInstructions(),
    capabilities,
    tools: tools ? (await client.listTools()).tools.slice(0, MAX_LISTED) : [],
    resources: resources ? (await client.listResources()).resources.slice(0, MAX_LISTED) : [],
    resourceTemplates: resources ? await resourceTemplates(client) : [],
    prompts: prompts ? (await client.listPrompts()).prompts.slice(0, MAX_LISTED) : [],
  };
}

/** Templates belong to `resources`, but many servers with resources do not implement the method. */
async function resourceTemplates(client: Client): Promise<readonly ResourceTemplateType[]> {
  try {
    return (await client.listResourceTemplates()).resourceTemplates.slice(0, MAX_LISTED);
  } catch (error) {
    if (error instanceof ProtocolError && error.code === ProtocolErrorCode.MethodNotFound) return [];
    throw error;
  }
}
