import type { Tool } from '../tool.ts';
import { addNote } from './add-note.ts';
import { contactCard } from './contact-card.ts';
import { countdown } from './countdown.ts';
import { deleteNote } from './delete-note.ts';
import { listConnections } from './list-connections.ts';
import { listNotes } from './list-notes.ts';
import { revokeConnection } from './revoke-connection.ts';
import { whoami } from './whoami.ts';

/** Every tool of this server. A tool is one file beside this one and one line here. */
export const tools: readonly Tool[] = [
  whoami,
  addNote,
  listNotes,
  deleteNote,
  contactCard,
  listConnections,
  revokeConnection,
  countdown,
];
