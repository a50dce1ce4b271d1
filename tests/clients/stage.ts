import { RESERVED_CLIENT_HOST } from '#lib/config/urls.ts';
import { ScriptedClient } from '#scripts/demo/client.ts';
import { serveJson, startFrontedStack } from '#tests/support/fronted-stack.ts';
import { findPerson, type Person } from './person.ts';

export type Stage = {
  /** The MCP endpoint. */
  url: string;
  dataDir: string;
  /** Whether the metadata documents of clients can be read from here. */
  documents: boolean;
  person: Person;
  /** Changes local AuthKit while it runs. */
  behave(change: Record<string, unknown>): Promise<void>;
  /** Revokes Ada's connections with this client, or with every client. */
  revoke(clientId: string | undefined): Promise<void>;
  /** How the client of an authorization request is known to the authorization server. */
  registrationOf(authorizationUrl: URL | undefined): string;
  close(): Promise<void>;
};

const DOCUMENT_PATH = '/test-clients/metadata.json';

/** The metadata document of clients that have none of their own and can use one. */
export const OWN_DOCUMENT = {
  client_id: `https://${RESERVED_CLIENT_HOST}${DOCUMENT_PATH}`,
  client_name: 'A client on this machine',
  redirect_uris: ['http://localhost/oauth/callback', 'http://127.0.0.1/oauth/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
};

/** Hosts of the metadata documents of these clients. Without a way to them, registration is what is tested. */
const DOCUMENT = 'https://claude.ai/oauth/claude-code-client-metadata';

async function reachesDocuments(): Promise<boolean> {
  try {
    return (await fetch(DOCUMENT, { signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
}

/** The product with the tools of the tests, local AuthKit, and a person. */
export async function openStage(): Promise<Stage> {
  const documents = await reachesDocuments();
  if (!documents) console.error('claude.ai is not reachable from here: its clients register themselves.');
  const stack = await startFrontedStack();
  stack.published.set(DOCUMENT_PATH, serveJson(OWN_DOCUMENT));
  const person = await findPerson();
  const url = `${stack.appUrl}/mcp`;
  return {
    url,
    dataDir: stack.dataDir,
    documents,
    person,
    async behave(change) {
      const response = await fetch(new URL('/_local/behaviour', stack.authkitUrl), {
        method: 'PATCH',
        headers: { authorization: 'Bearer sk_test_local', 'content-type': 'application/json' },
        body: JSON.stringify(change),
      });
      if (!response.ok)
        throw new Error(`local AuthKit answered ${response.status}: ${await response.text()}`);
    },
    async revoke(clientId) {
      const ada = await ScriptedClient.connect({
        url,
        account: 'ada',
        registration: 'dcr',
        era: 'auto',
        name: 'Another client of Ada',
      });
      const { structuredContent } = await ada.callTool('connections');
      const { connections } = structuredContent as { connections: { id: string; clientId: string | null }[] };
      const own = (await ada.callTool('identity')).structuredContent as { clientId: string };
      for (const connection of connections)
        if (connection.clientId !== own.clientId && (clientId ?? connection.clientId) === connection.clientId)
          await ada.callTool('revoke', { id: connection.id, confirm: true });
      await ada.close();
    },
    registrationOf(authorizationUrl) {
      const clientId = authorizationUrl?.searchParams.get('client_id') ?? '';
      return clientId.startsWith('https:') ? 'CIMD' : 'DCR';
    },
    async close() {
      await person.leave();
      await stack.stop();
    },
  };
}
