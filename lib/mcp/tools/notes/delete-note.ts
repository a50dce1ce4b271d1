import { z } from 'zod';
import { defineTool, ToolError } from '../../tool.ts';
import { notes } from './notes.ts';

/** Deletes one of the signed-in person's notes. The note of another person is treated like one that does not exist. */
export const deleteNote = defineTool({
  name: 'delete_note',
  title: 'Delete a note',
  description: "Deletes one of the signed-in person's notes permanently.",
  input: z.strictObject({ id: z.string().min(1).max(64).describe('id of the note, from list_notes') }),
  output: z.object({ deleted: z.string().describe('id of the deleted note') }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  async run({ id }, { caller }) {
    if (!(await notes().remove(caller, id)))
      throw new ToolError('You have no note with this id. list_notes shows the notes there are.');
    return { deleted: id };
  },
});
