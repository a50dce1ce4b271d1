import { afterAll, beforeAll, expect, test } from 'vitest';
import { revokeAll } from '#lib/connections/revocation.ts';
import { closeDatabase } from '#lib/db/connection.ts';
import { CallEndedError, watchCall } from '#lib/mcp/active-calls.ts';
import { CLOCK_TOLERANCE_SECONDS } from '#lib/oauth/access-token.ts';
import type { Caller } from '#lib/oauth/caller.ts';
import { callerOf } from '#tests/support/caller.ts';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';

beforeAll(() => void stubConfiguration());
afterAll(closeDatabase);

/** A caller whose token stops being accepted in `seconds`. */
const callerFor = (seconds: number) =>
  callerOf({ expiresAt: Date.now() / 1000 - CLOCK_TOLERANCE_SECONDS + seconds });

const watch = (caller: Caller, method: string, gone?: AbortSignal, endsOwnAccess = false) =>
  watchCall(
    new Request('http://localhost/mcp', { method: 'POST', signal: gone }),
    caller,
    { method, tool: undefined, protocolVersion: undefined, clientSoftware: undefined },
    () => undefined,
    { endsOwnAccess },
  );

test('a subscription ends when its token expires, and a call that began before may finish', async () => {
  const [subscription, longer, call] = [
    watch(callerFor(1), 'subscriptions/listen'),
    watch(callerFor(60), 'subscriptions/listen'),
    watch(callerFor(1), 'tools/call'),
  ];
  expect(subscription.aborted).toBe(false);
  await expect.poll(() => subscription.aborted, { timeout: 10_000 }).toBe(true);
  expect(subscription.reason).toBeInstanceOf(CallEndedError);
  expect(subscription.reason).toMatchObject({ why: 'expired' });
  expect([longer.aborted, call.aborted]).toEqual([false, false]);
});

test('a call ends when its connection is revoked, unless it revoked that itself', async () => {
  const caller = callerOf({ subject: 'user_itself', expiresAt: Date.now() / 1000 + 600 });
  const [call, itself] = [watch(caller, 'tools/call'), watch(caller, 'tools/call', undefined, true)];
  await revokeAll('user_itself');
  await expect.poll(() => call.aborted, { timeout: 10_000 }).toBe(true);
  expect(call.reason).toMatchObject({ why: 'revoked' });
  expect(itself.aborted).toBe(false);
});

test('a call ends when its client disconnects, or has disconnected before', () => {
  const client = new AbortController();
  const call = watch(callerFor(60), 'tools/call', client.signal);
  client.abort();
  expect(call.aborted).toBe(true);
  expect(watch(callerFor(60), 'tools/call', AbortSignal.abort()).aborted).toBe(true);
});
