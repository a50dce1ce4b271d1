import type { McpServer } from '@modelcontextprotocol/server';
import type { Call } from '../../call.ts';
import { describeNote, notes } from './notes.ts';

const PAGE_SIZE = 100;

/** A resource with the newest notes of the signed-in person, as JSON. */
export function newestNotes(server: McpServer, { caller }: Call): void {
  server.registerResource(
    'notes',
    'notes://newest',
    {
      title: 'Newest notes',
      description: `The ${PAGE_SIZE} newest notes of the signed-in person`,
      mimeType: 'application/json',
      cacheHint: { ttlMs: 0, cacheScope: 'private' },
    },
    async (uri) => {
      const page = await notes().list(caller, { limit: PAGE_SIZE });
      const text = JSON.stringify(page.notes.map(describeNote));
      return { contents: [{ uri: uri.href, mimeType: 'application/json', text }] };
    },
  );
}
