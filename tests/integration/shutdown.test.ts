import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ScriptedClient } from '#dev/client.ts';
import { openDatabase } from '#lib/db/connection.ts';
import { activity } from '#lib/db/schema.ts';
import { type Stack, startStack } from '#tests/support/stack.ts';

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

const whoami = () => ada.callTool('whoami');

test('calls that were answered just before SIGTERM are in the log', async () => {
  await Promise.all(Array.from({ length: 20 }, whoami));
  expect(await stack.app.running.stop('SIGTERM')).toBe(143);
  expect((await loggedTools()).filter((tool) => tool === 'whoami')).toHaveLength(20);
});

test('a call that runs when SIGTERM comes is answered, and is in the log', async () => {
  let ended: Promise<unknown> = Promise.resolve();
  const answer = await ada.client.callTool(
    { name: 'countdown', arguments: { steps: 6, stepMilliseconds: 250 } },
    {
      onprogress: ({ progress }) => {
        if (progress === 1) ended = stack.app.running.stop('SIGTERM');
      },
    },
  );
  expect(answer.structuredContent).toEqual({ steps: 6 });
  expect(await ended).toBe(143);
  expect(await loggedTools()).toContain('countdown');
});

test('neither a connection kept open nor a stream without an end delays SIGTERM', async () => {
  await whoami();
  const subscription = await ada.client.listen({ toolsListChanged: true });
  const signalled = performance.now();
  expect(await stack.app.running.stop('SIGTERM')).toBe(143);
  expect(performance.now() - signalled).toBeLessThan(8_000);
  expect(await subscription.closed).not.toBe('local');
});

test('what was written before kill -9 is there afterwards, and the app starts again on it', async () => {
  const before = await recentCalls();
  await whoami();
  await expect.poll(recentCalls, { timeout: 5_000 }).toBeGreaterThan(before);
  await stack.app.running.stop('SIGKILL');
  expect((await loggedTools()).length).toBeGreaterThan(before);
});

/** Calls of this client, as the server tells it. */
async function recentCalls(): Promise<number> {
  const listed = await ada.callTool('list_connections');
  const [first] = (listed.structuredContent as { connections: { callsIn30Days: number }[] }).connections;
  return first?.callsIn30Days ?? 0;
}
