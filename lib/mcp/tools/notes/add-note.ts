import { z } from 'zod';
import { defineTool } from '../../tool.ts';
import { asToolError, describeNote, noteOutput, notes } from './notes.ts';
import { MAX_NOTE_LENGTH } from './notes-store.ts';

/** Stores a note for the signed-in person. */
export const addNote = defineTool({
  name: 'add_note',
  title: 'Add a note',
  description: 'Stores a note for the signed-in person. Only that person can read it, from any client.',
  input: z.strictObject({ text: z.string().min(1).max(MAX_NOTE_LENGTH).describe('The note, plain text') }),
  output: z.object({ note: noteOutput }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
  run: ({ text }, { caller }) =>
    asToolError(async () => ({ note: describeNote(await notes().add(caller, text)) })),
});
