import { z } from 'zod';
import { ToolError } from '../../tool.ts';
import { type Note, NotesError, type NotesStore, notesStore } from './notes-store.ts';

/** A note in the output of a tool. */
export const noteOutput = z.object({
  id: z.string(),
  text: z.string(),
  createdAt: z.string().describe('ISO 8601'),
});

/** Converts a stored note to {@link noteOutput}. */
export function describeNote({ id, text, createdAt }: Note): z.infer<typeof noteOutput> {
  return { id, text, createdAt: createdAt.toISOString() };
}

let store: NotesStore | undefined;

/** The notes of all people, in the database of this process. */
export function notes(): NotesStore {
  store ??= notesStore();
  return store;
}

/** Runs `work`, and turns a {@link NotesError} into a {@link ToolError} that the model can read. */
export async function asToolError<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NotesError) throw new ToolError(error.message);
    throw error;
  }
}
