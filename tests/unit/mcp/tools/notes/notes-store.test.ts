import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '#lib/db/connection.ts';
import type { OpenDatabase } from '#lib/db/database.ts';
import { MAX_NOTE_LENGTH, MAX_NOTES, type NotesStore, notesStore } from '#lib/mcp/tools/notes/notes-store.ts';

const issuer = 'https://auth.example.com';
const ada = { issuer, subject: 'user_ada' };
const ben = { issuer, subject: 'user_ben' };

let open: OpenDatabase;
let notes: NotesStore;

beforeAll(async () => {
  open = await openDatabase({ kind: 'pglite', directory: 'memory://' });
  notes = notesStore(async () => open.db);
});

afterAll(() => open.close());

describe("a person's notes", () => {
  test('are listed newest first, page by page, each once', async () => {
    for (let n = 0; n < 7; n++) await notes.add(ada, `note ${n}`);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await notes.list(ada, { cursor, limit: 3 });
      seen.push(...page.notes.map(({ text }) => text));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0].map((n) => `note ${n}`));
  });

  test('belong to one organization, and those from before organizations were stored to the person', async () => {
    const person = { issuer, subject: 'user_two_organizations' };
    const [one, two] = ['org_1', 'org_2'].map((organizationId) => ({ ...person, organizationId }));
    const texts = async (owner = person) => (await notes.list(owner)).notes.map(({ text }) => text);
    await notes.add(person, 'before');
    await open.db.execute(sql`update notes set organization_id = null where subject = ${person.subject}`);
    const { id } = await notes.add({ ...person, ...one }, 'of one');
    expect(await texts(one)).toEqual(['of one', 'before']);
    expect(await texts(two)).toEqual(['before']);
    expect(await texts()).toEqual(['before']);
    expect(await notes.remove({ ...person, ...two }, id)).toBe(false);
  });

  test('can be listed and removed by their owner only', async () => {
    const note = await notes.add(ada, 'private');
    expect((await notes.list(ben)).notes).toEqual([]);
    expect((await notes.list({ ...ada, issuer: 'https://other.example' })).notes).toEqual([]);
    expect(await notes.remove(ben, note.id)).toBe(false);
    expect(await notes.remove(ada, note.id)).toBe(true);
    expect(await notes.remove(ada, note.id)).toBe(false);
    expect(await notes.remove(ada, "x' or '1'='1")).toBe(false);
  });

  test('keep their line breaks, without characters that cannot be stored or displayed', async () => {
    const note = await notes.add(ben, ' first\nsecond\t\u0000\u001b[31m\ud800 ');
    expect(note.text).toBe('first\nsecond\t[31m\ufffd');
    expect((await notes.list(ben)).notes[0]).toEqual(note);
  });

  test('are refused with a reason when empty or too long', async () => {
    await expect(notes.add(ben, ' \u0000\n')).rejects.toMatchObject({ code: 'empty' });
    await expect(notes.add(ben, 'x'.repeat(MAX_NOTE_LENGTH + 1))).rejects.toMatchObject({ code: 'too_long' });
  });

  test('are not listed with a cursor that does not come from a page', async () => {
    for (const cursor of ['', 'x', 'AAAA', "'; drop table notes"])
      await expect(notes.list(ada, { cursor })).rejects.toMatchObject({ code: 'cursor_invalid' });
  });

  test('are limited in number', async () => {
    const full = { issuer, subject: 'user_full' };
    const added = await Promise.allSettled(
      Array.from({ length: MAX_NOTES + 5 }, (_, n) => notes.add(full, `note ${n}`)),
    );
    expect(added.filter(({ status }) => status === 'fulfilled')).toHaveLength(MAX_NOTES);
    await expect(notes.add(full, 'one more')).rejects.toMatchObject({ code: 'too_many' });
  });
});
