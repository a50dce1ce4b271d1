import { and, desc, eq, isNull, lt, or, sql } from 'drizzle-orm';
import { db } from '#lib/db/connection.ts';
import type { Database } from '#lib/db/database.ts';
import { rows } from '#lib/db/rows.ts';
import { notes as table } from '#lib/db/schema.ts';
import { isUuid, uuidv7 } from '#lib/db/uuid.ts';

/** The owner of notes: issuer, `sub` and `org_id` of the token. */
type NotesOwner = { issuer: string; subject: string; organizationId?: string | undefined };

export type Note = { id: string; text: string; createdAt: Date };

/** One page of notes, newest first, and the cursor of the next one, if there is more. */
type NotesPage = { notes: Note[]; nextCursor: string | undefined };

export type NotesStore = {
  /** @throws {NotesError} `empty`, `too_long` or `too_many` */
  add(owner: NotesOwner, text: string): Promise<Note>;
  /** @throws {NotesError} `cursor_invalid` for a cursor that does not come from a page */
  list(owner: NotesOwner, page?: { cursor?: string | undefined; limit?: number }): Promise<NotesPage>;
  /** Returns whether the owner had a note with this id. */
  remove(owner: NotesOwner, id: string): Promise<boolean>;
};

/** Most characters in a note. */
export const MAX_NOTE_LENGTH = 2_000;
/** Most notes of a person. */
export const MAX_NOTES = 500;
const MAX_PAGE = 100;

export class NotesError extends Error {
  readonly code: 'empty' | 'too_long' | 'too_many' | 'cursor_invalid';

  constructor(code: NotesError['code'], message: string) {
    super(message);
    this.name = 'NotesError';
    this.code = code;
  }
}

/** Removes control characters except line breaks and tabs, and everything else that PostgreSQL cannot store. */
function noteText(text: string): string {
  const clean = text
    .toWellFormed()
    .replaceAll(/[^\P{Cc}\n\t]/gu, '')
    .trim();
  if (clean === '') throw new NotesError('empty', 'A note needs some text.');
  if (clean.length > MAX_NOTE_LENGTH)
    throw new NotesError('too_long', `A note has at most ${MAX_NOTE_LENGTH} characters.`);
  return clean;
}

const encodeCursor = (id: string) => Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');

function decodeCursor(cursor: string): string {
  const hex = Buffer.from(cursor, 'base64url').toString('hex');
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  if (!isUuid(id)) throw new NotesError('cursor_invalid', 'The cursor does not come from a page of notes.');
  return id;
}

/**
 * Notes in the database, separate for each person and organization. Notes from before organizations were stored belong to
 * the person in each of them.
 *
 * @param database - defaults to the one of this process
 */
export function notesStore(database: () => Promise<Database> = db): NotesStore {
  const ownedBy = ({ issuer, subject, organizationId = '' }: NotesOwner) =>
    and(
      eq(table.issuer, issuer),
      eq(table.subject, subject),
      or(isNull(table.organizationId), eq(table.organizationId, organizationId)),
    );

  return {
    async add(owner, text) {
      const createdAt = new Date();
      const note = { id: uuidv7(createdAt.getTime()), text: noteText(text), createdAt };
      const { issuer, subject, organizationId = '' } = owner;
      // One statement, so that it holds a connection for one round trip. Concurrent calls may add a few more.
      const added = await rows(
        await database(),
        sql`insert into ${table} (id, issuer, subject, organization_id, text, created_at)
            select ${note.id}::uuid, ${issuer}, ${subject}, ${organizationId}, ${note.text}, ${createdAt.toISOString()}::timestamptz
            where (select count(*) from ${table} where ${ownedBy(owner)}) < ${MAX_NOTES}
            returning id`,
      );
      if (added.length === 0)
        throw new NotesError(
          'too_many',
          `There are already ${MAX_NOTES} notes, which is the most: delete one first.`,
        );
      return note;
    },

    async list(owner, { cursor, limit = 20 } = {}) {
      const size = Math.min(Math.max(1, Math.trunc(limit)), MAX_PAGE);
      const found = await (await database())
        .select({ id: table.id, text: table.text, createdAt: table.createdAt })
        .from(table)
        .where(and(ownedBy(owner), cursor === undefined ? undefined : lt(table.id, decodeCursor(cursor))))
        .orderBy(desc(table.id))
        .limit(size + 1);
      const notes = found.slice(0, size);
      const last = notes.at(-1);
      return {
        notes,
        nextCursor: found.length > size && last !== undefined ? encodeCursor(last.id) : undefined,
      };
    },

    async remove(owner, id) {
      if (!isUuid(id)) return false;
      const removed = await (await database())
        .delete(table)
        .where(and(ownedBy(owner), eq(table.id, id)))
        .returning({ id: table.id });
      return removed.length > 0;
    },
  };
}
