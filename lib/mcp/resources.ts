import type { McpServer } from '@modelcontextprotocol/server';
import type { Call } from './call.ts';
import { describeNote, notes } from './tools/notes.ts';

const PAGE = 100;

/** The resources of this server: the newest notes of the signed-in person. */
export function registerResources(server: McpServer, { caller }: Call): void {
  server.registerResource(
    'notes',
    'notes://newest',
    {
      title: 'Newest notes',
      description: `The ${PAGE} newest notes of the signed-in person`,
      mimeType: 'application/json',
      cacheHint: { ttlMs: 0, cacheScope: 'private' },
    },
    async (uri) => {
      const page = await notes().list(caller, { limit: PAGE });
      const text = JSON.stringify(page.notes.map(describeNote));
      return { contents: [{ uri: uri.href, mimeType: 'application/json', text }] };
    },
  );
}
