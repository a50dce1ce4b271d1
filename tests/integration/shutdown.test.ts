import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '#lib/db/connection.ts';
import { activity, activityDaily, connections } from '#lib/db/schema.ts';
import { ScriptedClient } from '#scripts/demo/client.ts';
import { bearerCall } from '#tests/support/mcp-request.ts';
import { type Stack, startStack } from '#tests/support/stack.ts';

/** Milliseconds after which an answered call is in the activity log in any case; normally it is much faster. */
const FLUSHED_AFTER_MS = 1_000;

let stack: Stack;
let ada: ScriptedClient;

beforeAll(async () => {
  stack = await startStack();
  ada = await ScriptedClient.connect({
    url: `${stack.appUrl}/mcp`,
    account: 'ada',
    registration: 'cimd',
    era: 'auto',
  });
});

// Each test ends the app in its own way.
afterEach(() => stack.restartApp());

afterAll(async () => {
  await ada?.close();
  await stack?.stop();
});

/** The tools that the log says were called, after the app has ended. */
async function loggedTools(): Promise<(string | null)[]> {
  const { db, close } = await openDatabase({ kind: 'pglite', directory: join(stack.dataDir, 'pglite') });
  const rows = await db.select({ tool: activity.tool }).from(activity);
  await close();
  return rows.map(({ tool }) => tool);
}

const callIdentity = () => ada.callTool('identity');

test('calls that were answered just before SIGTERM are in the activity log', async () => {
  await Promise.all(Array.from({ length: 20 }, callIdentity));
  expect(await stack.app.running.stop('SIGTERM')).toBe(143);
  expect((await loggedTools()).filter((tool) => tool === 'identity')).toHaveLength(20);
});

test('a call that runs at SIGTERM is answered and is in the activity log', async () => {
  let ended: Promise<unknown> = Promise.resolve();
  const answer = await ada.client.callTool(
    { name: 'slow', arguments: { steps: 6, stepMilliseconds: 250 } },
    {
      onprogress: ({ progress }) => {
        if (progress === 1) ended = stack.app.running.stop('SIGTERM');
      },
    },
  );
  expect(answer.structuredContent).toEqual({ steps: 6 });
  expect(await ended).toBe(143);
  expect(await loggedTools()).toContain('slow');
});

test('neither a keep-alive connection nor an endless stream delays the exit after SIGTERM', async () => {
  await callIdentity();
  const subscription = await ada.client.listen({ toolsListChanged: true });
  const signalled = performance.now();
  expect(await stack.app.running.stop('SIGTERM')).toBe(143);
  expect(performance.now() - signalled).toBeLessThan(8_000);
  expect(await subscription.closed).not.toBe('local');
});

test('kill -9 under load loses no call that was answered a second before, and leaves consistent data', async () => {
  const token = ada.tokens?.access_token ?? '';
  const before = await tally();
  await stack.restartApp();
  const answered: number[] = [];
  const callUntilItDies = async () => {
    for (;;) {
      const response = await bearerCall(stack.appUrl, token).catch(() => undefined);
      if (response === undefined) return;
      expect(response.status).toBe(200);
      answered.push(performance.now());
    }
  };
  const callers = Array.from({ length: 8 }, callUntilItDies);
  await expect.poll(() => answered.length, { timeout: 20_000 }).toBeGreaterThan(200);
  const killedAt = performance.now();
  await stack.app.running.stop('SIGKILL');
  await Promise.all(callers);

  const after = await tally();
  const due = answered.filter((at) => at < killedAt - FLUSHED_AFTER_MS).length;
  expect(after.calls - before.calls).toBeGreaterThanOrEqual(due);
  expect(after.counted).toBe(after.calls);
  expect(after.byDay).toBe(after.calls);
});

/** What the database says, three ways, after the app has ended: rows, counts by client, counts by day. */
async function tally(): Promise<{ calls: number; counted: number; byDay: number }> {
  await stack.app.running.stop();
  const { db, close } = await openDatabase({ kind: 'pglite', directory: join(stack.dataDir, 'pglite') });
  const [row] = await db
    .select({
      calls: sql`(select count(*) from ${activity})`.mapWith(Number),
      counted: sql`(select sum(calls) from ${connections})`.mapWith(Number),
      byDay: sql`(select sum(allowed + denied + failed) from ${activityDaily})`.mapWith(Number),
    })
    .from(sql`(select 1) as one`);
  await close();
  if (!row) throw new Error('The database counted nothing');
  return row;
}
