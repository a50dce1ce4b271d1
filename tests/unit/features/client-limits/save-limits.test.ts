import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { saveLimits } from '#features/connected-clients/limits/actions.ts';
import { config } from '#lib/config/env.ts';
import { connectionKey } from '#lib/connections/identity.ts';
import { limitsOf } from '#lib/connections/policy/policy.ts';
import { processContext } from '#lib/connections/process-context.ts';
import { closeDatabase } from '#lib/db/connection.ts';
import { tools } from '#lib/mcp/tools/index.ts';
import { callerOf } from '#tests/support/caller.ts';
import { type FakeSessions, startFakeSessions } from '#tests/support/fake-sessions.ts';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';
import { seenMany } from '../../connections/support.ts';

let request = new Headers();
vi.mock('next/headers', () => ({ headers: async () => request }));
vi.mock('next/cache', () => ({ revalidatePath: () => undefined }));

let fake: FakeSessions;
let own: Headers;
const ids = { mine: '', theirs: '' };
const names = tools.map(({ name }) => name);

beforeAll(async () => {
  fake = await startFakeSessions();
  stubConfiguration({ ...fake.variables, DATABASE_URL: 'pglite:memory://' });
  own = new Headers({
    origin: config().appUrl,
    'x-workos-session': await fake.seal(),
    'next-action': 'an id',
  });
  const { issuer } = processContext();
  const callers = ['user_ada', 'user_else'].map((subject) => callerOf({ issuer, subject }));
  await seenMany(
    processContext(),
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

/** What the form sends: `tool` for each that stays on. */
function form(fields: Record<string, string>, on: readonly string[] = names): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  for (const name of on) data.append('tool', name);
  return data;
}

const limitsOfMine = async () => (await limitsOf([ids.mine])).get(ids.mine);

test('the form limits a connection, and lifts its limits again', async () => {
  const [first = '', ...others] = names;
  const fields = { connection: ids.mine, readOnly: 'on', lastDay: '2999-12-31', unusedDays: '30' };
  expect(await saveLimits(undefined, form(fields, others))).toBe('saved');
  expect(await limitsOfMine()).toMatchObject({
    readOnly: true,
    toolsOff: [first],
    expiresAt: new Date('2999-12-31T23:59:59.999Z'),
    unusedDays: 30,
    choices: [{ limiter: 'person' }],
  });
  expect(await saveLimits(undefined, form({ connection: ids.mine }))).toBe('saved');
  expect(await limitsOfMine()).toMatchObject({ readOnly: false, toolsOff: [], choices: [] });
});

test.each([
  ['lastDay', '2020-01-01', 'bad_date'],
  ['lastDay', '2026-02-31x', 'bad_date'],
  ['lastDay', "' or 1=1 --", 'bad_date'],
  ['unusedDays', '0', 'bad_days'],
  ['unusedDays', '1e3', 'bad_days'],
  ['unusedDays', '3651', 'bad_days'],
  ['unusedDays', '-5', 'bad_days'],
])('%s %j is refused and changes nothing', async (field, value, outcome) => {
  expect(await saveLimits(undefined, form({ connection: ids.mine, [field]: value, readOnly: 'on' }))).toBe(
    outcome,
  );
  expect((await limitsOfMine())?.readOnly).toBe(false);
});

test('another person, another site and a request without a session limit nothing', async () => {
  for (const connection of [ids.theirs, 'A'.repeat(22), "' or 1=1 --", ''])
    expect(await saveLimits(undefined, form({ connection, readOnly: 'on' }))).toBe('unknown');
  for (const odd of [undefined, null, 'text', {}]) expect(await saveLimits(undefined, odd)).toBe('unknown');
  const data = form({ connection: ids.mine, readOnly: 'on' });
  request = new Headers({ ...Object.fromEntries(own), origin: 'https://evil.example' });
  expect(await saveLimits(undefined, data)).toBe('cross_site');
  request = new Headers({ origin: config().appUrl });
  expect(await saveLimits(undefined, data)).toBe('signed_out');
  const limits = await limitsOf([ids.mine, ids.theirs]);
  expect([...limits.values()].some(({ readOnly }) => readOnly)).toBe(false);
});
