import {
  type Client,
  type Implementation,
  type Prompt,
  ProtocolError,
  ProtocolErrorCode,
  type Resource,
  type ResourceTemplateType,
  type Tool,
} from '@modelcontextprotocol/client';

/** What a server offers, as it says itself: untrusted text, shown as text. */
export type ServerView = {
  era: 'modern' | 'legacy' | undefined;
  protocolVersion: string | undefined;
  serverInfo: Pick<Implementation, 'name' | 'version' | 'title'> | undefined;
  instructions: string | undefined;
  capabilities: Readonly<Record<string, unknown>>;
  tools: readonly Tool[];
  resources: readonly Resource[];
  resourceTemplates: readonly ResourceTemplateType[];
  prompts: readonly Prompt[];
};

const MOST = 500;

/** Asks a connected server for all it offers. */
export async function viewServer(client: Client): Promise<ServerView> {
  const capabilities = client.getServerCapabilities() ?? {};
  const { tools, resources, prompts } = capabilities;
  const serverInfo = client.getServerVersion();
  return {
    era: client.getProtocolEra(),
    protocolVersion: client.getNegotiatedProtocolVersion(),
    serverInfo: serverInfo && {
      name: serverInfo.name,
      version: serverInfo.version,
      ...(serverInfo.title !== undefined && { title: serverInfo.title }),
    },
    instructions: client.getInstructions(),
    capabilities,
    tools: tools ? (await client.listTools()).tools.slice(0, MOST) : [],
    resources: resources ? (await client.listResources()).resources.slice(0, MOST) : [],
    resourceTemplates: resources ? await resourceTemplates(client) : [],
    prompts: prompts ? (await client.listPrompts()).prompts.slice(0, MOST) : [],
  };
}

/** Templates are part of `resources`, but many servers with resources do not know the method. */
async function resourceTemplates(client: Client): Promise<readonly ResourceTemplateType[]> {
  try {
    return (await client.listResourceTemplates()).resourceTemplates.slice(0, MOST);
  } catch (error) {
    if (error instanceof ProtocolError && error.code === ProtocolErrorCode.MethodNotFound) return [];
    throw error;
  }
}
