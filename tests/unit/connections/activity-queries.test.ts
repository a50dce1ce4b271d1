import { beforeAll, describe, expect, test } from 'vitest';
import { listActivity, toolsCalled } from '#lib/connections/activity-queries.ts';
import { connectionKey } from '#lib/connections/identity.ts';
import { getConnection } from '#lib/connections/queries.ts';
import { callerOf } from '#tests/support/caller.ts';
import { connectionsOf } from '#tests/support/connections-of.ts';
import { FakeWorkos, instance, openTestDatabase, seen, seenMany } from './support.ts';

beforeAll(openTestDatabase);

const NOW = new Date('2026-11-20T12:00:00Z');
const app = instance(new FakeWorkos(), { now: () => NOW });
const caller = callerOf({ subject: 'user_timeline' });
const id = connectionKey(caller);
const at = (text: string) => new Date(`2026-11-${text}Z`);

beforeAll(async () => {
  await seenMany(app, [
    {
      caller,
      at: at('18T10:00:00'),
      tool: 'search',
      clientSoftware: { name: 'Cli\u202Eent\u0000 ', version: '2.1' },
    },
    {
      caller,
      at: at('19T23:59:59.999'),
      outcome: 'denied',
      reason: 'insufficient_scope',
      tool: 'scoped',
    },
    {
      caller,
      at: at('20T00:00:00'),
      outcome: 'failed',
      reason: 'protocol',
      tool: undefined,
      method: 'tools/list',
    },
    { caller, at: at('20T08:00:00'), tool: 'search', protocolVersion: '2026-07-28', durationMs: 12.6 },
  ]);
});

describe('the activity of a connection', () => {
  test('lists its calls, newest first, with sanitized client software', async () => {
    const entries = await listActivity('user_timeline', id, {}, app);
    expect(entries.map(({ at, outcome, tool }) => [at.toISOString(), outcome, tool])).toEqual([
      ['2026-11-20T08:00:00.000Z', 'allowed', 'search'],
      ['2026-11-20T00:00:00.000Z', 'failed', undefined],
      ['2026-11-19T23:59:59.999Z', 'denied', 'scoped'],
      ['2026-11-18T10:00:00.000Z', 'allowed', 'search'],
    ]);
    expect(entries[0]).toMatchObject({ durationMs: 13, protocolVersion: '2026-07-28', software: undefined });
    expect(entries[3]?.software).toEqual({ name: 'Client', version: '2.1' });
  });

  test('is filtered by outcome and by tool, and continues where a page ended', async () => {
    const ask = async (query: Parameters<typeof listActivity>[2]) =>
      (await listActivity('user_timeline', id, query, app)).map((entry) =>
        entry.at.toISOString().slice(8, 10),
      );
    expect(await ask({ filter: { outcome: 'denied' } })).toEqual(['19']);
    expect(await ask({ filter: { tool: 'search' } })).toEqual(['20', '18']);
    expect(await ask({ filter: { tool: 'search', outcome: 'denied' } })).toEqual([]);
    const [first] = await listActivity('user_timeline', id, { limit: 1 }, app);
    expect(await ask({ before: first?.id, limit: 2 })).toEqual(['20', '19']);
    expect(await ask({ before: 'not a page' })).toEqual([]);
  });

  test('is filtered by time, and without requests that set the client up unless they were refused', async () => {
    const ask = async (filter: NonNullable<Parameters<typeof listActivity>[2]>['filter']) =>
      (await listActivity('user_timeline', id, { filter }, app)).map(({ at }) =>
        at.toISOString().slice(8, 13),
      );
    expect(await ask({ since: at('19T00:00:00'), until: at('20T08:00:00') })).toEqual(['20T00', '19T23']);
    expect(await ask({ until: at('19T00:00:00'), tool: 'search' })).toEqual(['18T10']);
    const noisy = callerOf({ subject: 'user_noisy' });
    await seenMany(app, [
      { caller: noisy, at: at('18T10:00:00') },
      ...Array.from({ length: 60 }, () => ({
        caller: noisy,
        at: at('19T10:00:00'),
        method: 'tools/list',
        tool: undefined,
      })),
      {
        caller: noisy,
        at: at('20T10:00:00'),
        method: 'tools/list',
        tool: undefined,
        outcome: 'denied' as const,
      },
    ]);
    const quiet = await listActivity('user_noisy', connectionKey(noisy), { filter: { quiet: true } }, app);
    expect(quiet.map(({ method, outcome }) => [method, outcome])).toEqual([
      ['tools/list', 'denied'],
      ['tools/call', 'allowed'],
    ]);
  });

  test('names the tools that were called', async () => {
    expect(await toolsCalled('user_timeline', id, app)).toEqual(['scoped', 'search']);
  });

  test('counts calls by UTC day, with the days that have none', async () => {
    const row = await getConnection('user_timeline', id, app);
    expect(row?.daily.slice(-4)).toEqual([0, 1, 1, 2]);
    expect(row).toMatchObject({
      recentCalls: 4,
      calls: 4,
      firstSeen: at('18T10:00:00'),
      lastUsed: at('20T08:00:00'),
    });
  });

  test('is empty for other people', async () => {
    expect(await listActivity('user_else', id, {}, app)).toEqual([]);
    expect(await toolsCalled('user_else', id, app)).toEqual([]);
    expect((await connectionsOf('user_else', app)).rows).toEqual([]);
  });
});

test('a call that was denied does not count as use', async () => {
  const denied = callerOf({ subject: 'user_denied' });
  await seen(app, denied, { outcome: 'denied', reason: 'revoked' });
  expect(await getConnection('user_denied', connectionKey(denied), app)).toMatchObject({
    firstSeen: NOW,
    lastUsed: undefined,
  });
});
