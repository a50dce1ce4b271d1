import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { saveLabel } from '#features/connected-clients/label/actions.ts';
import { config } from '#lib/config/env.ts';
import { connectionKey } from '#lib/connections/identity.ts';
import { processContext } from '#lib/connections/process-context.ts';
import { getConnection } from '#lib/connections/queries.ts';
import { closeDatabase, db } from '#lib/db/connection.ts';
import { callerOf } from '#tests/support/caller.ts';
import { type FakeSessions, startFakeSessions } from '#tests/support/fake-sessions.ts';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';
import { FakeWorkos, seenMany } from '../../connections/support.ts';

let request = new Headers();
vi.mock('next/headers', () => ({ headers: async () => request }));
vi.mock('next/cache', () => ({ revalidatePath: () => undefined }));

const ADA = 'user_ada';
let fake: FakeSessions;
let own: Headers;
let context: ReturnType<typeof processContext>;
const ids = { mine: '', theirs: '' };

beforeAll(async () => {
  fake = await startFakeSessions();
  stubConfiguration({ ...fake.variables, DATABASE_URL: 'pglite:memory://' });
  own = new Headers({
    origin: config().appUrl,
    'x-workos-session': await fake.seal(),
    'next-action': 'an id',
  });
  context = { ...processContext(), database: () => db('pages'), grants: new FakeWorkos() };
  const callers = [ADA, 'user_else'].map((subject) =>
    callerOf({ issuer: context.issuer, subject, clientId: 'client_label' }),
  );
  await seenMany(
    context,
    callers.map((caller) => ({ caller })),
  );
  [ids.mine = '', ids.theirs = ''] = callers.map(connectionKey);
});
afterAll(async () => {
  await closeDatabase();
  await fake.close();
});
beforeEach(() => {
  request = own;
});

function form(fields: Record<string, string>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}

const labelOf = async (user: string, id: string) => (await getConnection(user, id, context))?.label;

test('a name is stored without control and bidi characters, cut, and removed when it is empty', async () => {
  const save = (label: string) => saveLabel(undefined, form({ connection: ids.mine, label }));
  expect(await save(' work\u202E laptop\u0000 ')).toBe('saved');
  expect(await labelOf(ADA, ids.mine)).toBe('work laptop');
  expect(await save('x'.repeat(500))).toBe('saved');
  expect((await labelOf(ADA, ids.mine))?.length).toBeLessThanOrEqual(60);
  expect(await save('  ')).toBe('saved');
  expect(await labelOf(ADA, ids.mine)).toBeUndefined();
});

test('the connection of another person keeps its name, and looks like an unknown one', async () => {
  for (const connection of [ids.theirs, 'A'.repeat(22), "' or 1=1 --", ''])
    expect(await saveLabel(undefined, form({ connection, label: 'taken' }))).toBe('unknown');
  for (const odd of [undefined, null, 'text', { get: 1 }, form({ connection: ids.mine })])
    expect(await saveLabel(undefined, odd)).toBe('unknown');
  expect(await labelOf('user_else', ids.theirs)).toBeUndefined();
});

test('a request of another site, or without a session, changes nothing', async () => {
  const data = form({ connection: ids.mine, label: 'forged' });
  request = new Headers(own);
  request.set('origin', 'https://evil.example');
  expect(await saveLabel(undefined, data)).toBe('cross_site');
  request = new Headers({ origin: config().appUrl });
  expect(await saveLabel(undefined, data)).toBe('signed_out');
  expect(await labelOf(ADA, ids.mine)).toBeUndefined();
});
