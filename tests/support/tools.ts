import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { getConnection } from '#lib/connections/queries.ts';
import { revokeConnection } from '#lib/connections/revocation.ts';
import { db } from '#lib/db/connection.ts';
import { rows } from '#lib/db/rows.ts';
import type { Registration } from '#lib/mcp/registration.ts';
import { defineTool, type Tool, ToolError } from '#lib/mcp/tool.ts';
import { getUser } from '#lib/workos/users.ts';
import { connectionsOf } from '#tests/support/connections-of.ts';

const READ_ONLY = { readOnlyHint: true, idempotentHint: true, openWorldHint: false };

/** Returns what the access token says about the caller. */
const identity = defineTool({
  name: 'identity',
  title: 'Identity',
  description: 'Returns the claims of the access token that this call carries.',
  input: z.strictObject({}),
  output: z.object({
    subject: z.string(),
    issuer: z.string(),
    clientId: z.string().nullable(),
    sessionId: z.string().nullable(),
    scopes: z.array(z.string()),
    permissions: z.array(z.string()),
  }),
  annotations: READ_ONLY,
  run: (_input, { caller }) => ({
    subject: caller.subject,
    issuer: caller.issuer,
    clientId: caller.clientId ?? null,
    sessionId: caller.sessionId ?? null,
    scopes: [...caller.scopes],
    permissions: [...caller.permissions],
  }),
});

/** The table of `store` and `stored`, which no migration makes: once in a process, because two at a time collide. */
let table: Promise<unknown> | undefined;
async function storage() {
  const database = await db();
  table ??= database.execute(
    sql`create table if not exists test_texts (id bigserial primary key, subject text not null, text text not null)`,
  );
  await table.catch((error: unknown) => {
    table = undefined;
    throw error;
  });
  return database;
}

/** Writes to the database. */
const store = defineTool({
  name: 'store',
  title: 'Store a text',
  description: 'Stores a text for the caller.',
  input: z.strictObject({ text: z.string().min(1).max(2_000) }),
  output: z.object({ text: z.string() }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
  async run({ text }, { caller }) {
    await (await storage()).execute(
      sql`insert into test_texts (subject, text) values (${caller.subject}, ${text})`,
    );
    return { text };
  },
});

/** Reads from the database. */
const stored = defineTool({
  name: 'stored',
  title: 'Stored texts',
  description: 'Returns the texts that the caller stored, oldest first.',
  input: z.strictObject({}),
  output: z.object({ texts: z.array(z.string()) }),
  annotations: READ_ONLY,
  async run(_input, { caller }) {
    const found = await rows<{ text: string }>(
      await storage(),
      sql`select text from test_texts where subject = ${caller.subject} order by id`,
    );
    return { texts: found.map(({ text }) => text) };
  },
});

/** Takes time, reports progress, and stops when the client cancels. */
const slow = defineTool({
  name: 'slow',
  title: 'Slow work',
  description: 'Works through the given number of steps and reports progress after each.',
  input: z.strictObject({
    steps: z.int().min(1).max(100).default(5),
    stepMilliseconds: z.int().min(1).max(1000).default(200),
  }),
  output: z.object({ steps: z.int() }),
  annotations: READ_ONLY,
  async run({ steps, stepMilliseconds }, { progress, signal }) {
    for (let step = 1; step <= steps; step++) {
      await wait(stepMilliseconds, undefined, { signal });
      await progress(step, steps);
    }
    return { steps };
  },
});

/** Needs a scope that a first consent does not give. */
const scoped = defineTool({
  name: 'scoped',
  title: 'E-mail address',
  description: 'Returns the e-mail address of the caller. Needs the scope "email".',
  scopes: ['email'],
  input: z.strictObject({}),
  output: z.object({ email: z.string().nullable() }),
  annotations: READ_ONLY,
  run: async (_input, { caller }) => ({ email: (await getUser(caller.subject))?.email ?? null }),
});

/** Lists the connections of the caller. */
const connections = defineTool({
  name: 'connections',
  title: 'Connections',
  description: 'Lists the connections of the caller, last used first.',
  input: z.strictObject({}),
  output: z.object({ connections: z.array(z.object({ id: z.string(), clientId: z.string().nullable() })) }),
  annotations: READ_ONLY,
  async run(_input, { caller }) {
    const { rows } = await connectionsOf(caller.subject);
    return { connections: rows.map(({ id, clientId }) => ({ id, clientId: clientId ?? null })) };
  },
});

/** Needs a permission, and asks the person before it acts. */
const revoke = defineTool({
  name: 'revoke',
  title: 'Revoke a connection',
  description: 'Revokes one of the connections of the caller. Needs the permission "connections:revoke".',
  permission: 'connections:revoke',
  input: z.strictObject({ id: z.string(), confirm: z.boolean().optional() }),
  output: z.object({ revoked: z.string(), grant: z.enum(['deleted', 'pending', 'unconfirmed']) }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  async run({ id, confirm }, context) {
    const { caller } = context;
    if ((await getConnection(caller.subject, id)) === undefined) throw new ToolError('No such connection.');
    context.confirm('Revoke this connection?', confirm);
    context.finishRevoked();
    const result = await revokeConnection({ userId: caller.subject, connectionId: id, by: 'test' });
    if (result === undefined) throw new ToolError('No such connection.');
    return { revoked: id, grant: result === 'revoked' ? 'deleted' : result } as const;
  },
});

/** Fails with a message for the model, or without `message` in a way that the server must not show. */
const fail = defineTool({
  name: 'fail',
  title: 'Failure',
  description: 'Fails.',
  input: z.strictObject({ message: z.string().optional() }),
  output: z.object({}),
  annotations: READ_ONLY,
  run({ message }) {
    throw message === undefined ? new Error('A secret of the server') : new ToolError(message);
  },
});

/**
 * The tools of the app under test. Tests of the endpoint, of security and of faults call these and no tool of the
 * product, so that its owner can replace all of those.
 */
export const tools: readonly Tool[] = [identity, store, stored, slow, scoped, connections, revoke, fail];

/** The prompts of the app under test. */
export const prompts: readonly Registration[] = [
  (server) =>
    server.registerPrompt(
      'summarize',
      {
        title: 'Summarize',
        description: 'Asks for a summary of the stored texts.',
        argsSchema: z.object({ focus: z.string().optional() }),
      },
      ({ focus = 'everything' }) => ({
        messages: [{ role: 'user', content: { type: 'text', text: `Summarize ${focus}.` } }],
      }),
    ),
];

/** The resources of the app under test. */
export const resources: readonly Registration[] = [
  (server, { caller }) =>
    server.registerResource(
      'subject',
      'test://subject',
      { title: 'Subject', description: 'The user id of the caller.', mimeType: 'text/plain' },
      (uri) => ({ contents: [{ uri: uri.href, mimeType: 'text/plain', text: caller.subject }] }),
    ),
];
