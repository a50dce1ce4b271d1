/** One instance of the data layer in its own process, which runs the commands of the test that forked it. */
import { flushActivity, pendingWrite, recordCall } from '#lib/connections/activity.ts';
import { getConnection } from '#lib/connections/queries.ts';
import { checkRevocation, revokeAll, revokeConnection } from '#lib/connections/revocation.ts';
import { closeDatabase, db } from '#lib/db/connection.ts';
import { callerOf } from '#tests/support/caller.ts';
import { connectionsOf } from '#tests/support/connections-of.ts';

/** A caller in a message between processes. */
export type PlainCaller = { subject: string; clientId?: string; sessionId?: string; issuedAt: number };

export const commands = {
  open: async () => void (await db()),
  check: (caller: PlainCaller) => checkRevocation(callerFrom(caller)),
  record: async (caller: PlainCaller, calls: number) => {
    for (let n = 0; n < calls; n++)
      recordCall({
        caller: callerFrom(caller),
        at: new Date(),
        method: 'tools/call',
        tool: 'identity',
        outcome: 'allowed',
        durationMs: 1,
      });
  },
  written: () => pendingWrite(),
  flush: () => flushActivity(20_000),
  revoke: (userId: string, connectionId: string) => revokeConnection({ userId, connectionId, by: 'test' }),
  revokeAll: (userId: string) => revokeAll(userId, 'test'),
  connection: (userId: string, id: string) => getConnection(userId, id),
  page: (userId: string) => connectionsOf(userId),
  close: () => closeDatabase(),
};

/** The caller whose connection this is: without a client or a consent where the test names none. */
const callerFrom = ({ subject, clientId, sessionId, issuedAt }: PlainCaller) =>
  callerOf({ issuer: process.env.AUTHKIT_DOMAIN ?? '', subject, clientId, sessionId, issuedAt });

process.on(
  'message',
  async ({ id, name, args }: { id: number; name: keyof typeof commands; args: never[] }) => {
    try {
      const command = commands[name] as (...values: never[]) => Promise<unknown>;
      process.send?.({ id, value: await command(...args) });
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      process.send?.({ id, error: { code, message } });
    }
  },
);
