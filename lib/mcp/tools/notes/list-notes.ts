import { z } from 'zod';
import { defineTool } from '../../tool.ts';
import { asToolError, describeNote, noteOutput, notes } from './notes.ts';

/** The signed-in person's notes, a page at a time. */
export const listNotes = defineTool({
  name: 'list_notes',
  title: 'List notes',
  description:
    "Lists the signed-in person's notes, newest first. Pass nextCursor as cursor for the next page.",
  input: z.strictObject({
    limit: z.int().min(1).max(100).default(20).describe('Notes on a page'),
    cursor: z.string().optional().describe('nextCursor of the page before'),
  }),
  output: z.object({
    notes: z.array(noteOutput),
    nextCursor: z.string().optional().describe('Present when there are more'),
  }),
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  run: ({ limit, cursor }, { caller }) =>
    asToolError(async () => {
      const page = await notes().list(caller, { limit, cursor });
      const found = page.notes.map(describeNote);
      return page.nextCursor === undefined ? { notes: found } : { notes: found, nextCursor: page.nextCursor };
    }),
});
