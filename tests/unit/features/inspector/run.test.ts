import { beforeAll, describe, expect, test } from 'vitest';
import type { RunEvent, RunRequest } from '#features/inspector/messages.ts';
import type { InspectorContext } from '#features/inspector/server/context.ts';
import { runInspector } from '#features/inspector/server/run.ts';
import { allFindings, type InspectorState, initialState, reduce } from '#features/inspector/state.ts';
import type { Config } from '#lib/config/env.ts';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';
import { FAULTLESS, FAULTY, type StubServer } from '#tests/support/stub-servers.ts';
import { startStub } from '#tests/unit/features/discovery/stub-network.ts';

let config: Config;
beforeAll(() => {
  config = { ...stubConfiguration(), loopback: true };
});

/** The state of the page after a run on a stub server, and the response as text. */
async function pageAfter(stub: StubServer): Promise<{ state: InspectorState; text: string }> {
  await using started = await startStub(stub);
  const context: InspectorContext = {
    config,
    // The page has no shorter deadline for the one server that never answers.
    fetch: (url, options) =>
      started.fetch(url, { ...options, timeoutMs: started.timeoutMs ?? options.timeoutMs ?? 10_000 }),
    user: { id: 'user_1' } as InspectorContext['user'],
    cookies: { get: () => undefined, getAll: () => [], has: () => false, set: () => expect.fail() },
    database: () => expect.fail(),
  };
  const asked: Partial<RunRequest> = {
    url: started.url,
    ...(stub.revision && { revision: stub.revision }),
    ...(stub.registration && { registration: stub.registration }),
  };
  const response = await runInspector(
    new Request(`${config.appUrl}/inspector/api/run`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(asked),
    }),
    context,
  );
  const text = await response.text();
  const events = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent);
  const begun = reduce(initialState(undefined), {
    type: 'run-started',
    serverUrl: started.url,
    session: undefined,
  });
  return {
    text,
    state: events.reduce((state, event) => reduce(state, { type: 'run-progressed', event }), begun),
  };
}
const stubCalled = (name: string) => FAULTY.find((stub) => stub.name === name) ?? expect.fail();

describe('the page, for a server with one fault, shows exactly its finding', () => {
  test.each(FAULTY.map((stub) => [stub.name, stub] as const))('%s', async (_name, stub) => {
    const { state, text } = await pageAfter(stub);
    const found = allFindings(state);
    expect(found.map(({ id }) => id).sort()).toEqual([stub.finding, ...(stub.and ?? [])].sort());
    expect(state.discovery.status).toBe('done');
    const serious = found.some(({ severity }) => severity === 'error');
    expect(state.offer?.refusedFor.length ?? Number(serious)).toBe(Number(serious));
    expect(text).not.toContain('geheim');
  });
});

test('the page shows no finding for a server without a fault, and offers to sign in without a warning', async () => {
  for (const stub of FAULTLESS) {
    const { state } = await pageAfter(stub);
    expect([stub.name, allFindings(state), state.offer?.refusedFor]).toEqual([stub.name, [], []]);
    expect(state.discovery.result?.stoppedAt).toBe(undefined);
  }
});

describe('past a fault that a lenient client ignores', () => {
  test.each([
    'a resource with a slash too many',
    'an issuer with a slash too many',
    'no PKCE',
    'metadata without resource',
    '403 in place of 401',
  ])('discovery goes on to the end, and sign-in is offered with a warning: %s', async (name) => {
    const { state } = await pageAfter(stubCalled(name));
    expect(state.rows.at(-1)?.step).toBe('authorization-server-metadata');
    expect(state.offer?.refusedFor).toHaveLength(1);
    expect(state.discovery.result?.stoppedAt).toMatch(/^x/);
  });

  test.each(['no authorization server', 'a token endpoint without https', 'a redirect to another host'])(
    'there is no sign-in where none is possible: %s',
    async (name) => {
      expect((await pageAfter(stubCalled(name))).state.offer).toBe(undefined);
    },
  );
});

test('the page offers the URL of the MCP server when it is another one', async () => {
  const { state } = await pageAfter(stubCalled('the host of a server at /mcp'));
  expect(state.discovery.result?.betterUrl).toMatch(/^http:\/\/localhost:\d+\/mcp$/);
});

test('a credential in the query of the URL is in no finding, no request and no report of the page', async () => {
  const { text, state } = await pageAfter({
    name: 'a key in the query',
    finding: 'resource-mismatch',
    enter: (origin) => `${origin}/mcp?api_key=geheim-4711`,
  });
  expect(allFindings(state).length).toBeGreaterThan(0);
  expect(text).not.toContain('geheim');
  expect(state.discovery.result?.shownUrl).toContain('api_key=hidden');
});
