import { z } from 'zod';
import { ToolError } from '../../tool.ts';
import { type Note, NotesError, type NotesStore, notesStore } from './notes-store.ts';

/** A note as the notes tools give it. */
export const noteOutput = z.object({
  id: z.string(),
  text: z.string(),
  createdAt: z.string().describe('ISO 8601'),
});

/** {@link noteOutput} from a stored note. */
export function describeNote({ id, text, createdAt }: Note): z.infer<typeof noteOutput> {
  return { id, text, createdAt: createdAt.toISOString() };
}

let store: NotesStore | undefined;

/** The notes of all people; every method takes whose. */
export function notes(): NotesStore {
  store ??= notesStore();
  return store;
}

/** Runs `work` and tells the model what was wrong with what it asked. */
export async function asToolError<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NotesError) throw new ToolError(error.message);
    throw error;
  }
}
