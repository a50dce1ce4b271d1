import type { Registration } from '../registration.ts';
import type { Tool } from '../tool.ts';
import { contactCard } from './contact-card.ts';
import { countdown } from './countdown.ts';
import { limitConnection } from './limit-connection.ts';
import { listConnections } from './list-connections.ts';
import { listOrganizationConnections } from './list-organization-connections.ts';
import { addNote } from './notes/add-note.ts';
import { deleteNote } from './notes/delete-note.ts';
import { listNotes } from './notes/list-notes.ts';
import { newestNotes } from './notes/newest-notes-resource.ts';
import { reviewNotes } from './notes/review-notes-prompt.ts';
import { revokeConnection } from './revoke-connection.ts';
import { revokeOrganizationConnection } from './revoke-organization-connection.ts';
import { whoami } from './whoami.ts';

/** The tools of this server. To add one, add a file beside this one and a line here. */
export const tools: readonly Tool[] = [
  whoami,
  addNote,
  listNotes,
  deleteNote,
  contactCard,
  listConnections,
  revokeConnection,
  limitConnection,
  listOrganizationConnections,
  revokeOrganizationConnection,
  countdown,
];

/** The prompts of this server. Without any, the server does not offer prompts. */
export const prompts: readonly Registration[] = [reviewNotes];

/** The resources of this server. Without any, the server does not offer resources. */
export const resources: readonly Registration[] = [newestNotes];
