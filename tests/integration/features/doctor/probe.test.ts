import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CookieJar } from '#dev/authkit/driver.ts';
import type { Behaviour } from '#dev/authkit/options.ts';
import { startAuthkit } from '#dev/authkit/server.ts';
import type { ProbeRow } from '#features/doctor/probe/report.ts';
import { ScriptedClient } from '#scripts/demo/client.ts';
import { changeBehaviour, workosRequest } from '#tests/support/local-authkit.ts';
import { temporaryDirectory, testEnvironment } from '#tests/support/processes.ts';
import { approve } from '#tests/support/sign-in.ts';
import { type Stack, startStack } from '#tests/support/stack.ts';
import { fakeServer } from '../discovery/fake-server.ts';

/** Two walks of fourteen sign-ins each. */
const TIMEOUT_MS = 300_000;

const RESOURCES = '/user_management/authkit_oauth_resources';

type Outcome = { code: number | null; rows: ProbeRow[] };

/**
 * Runs `npm run doctor -- --probe --json` with a person at the terminal who opens each URL in one browser.
 *
 * @param revoke - revokes a client when the probe asks for it
 */
async function probe(
  appUrl: string,
  authkitUrl: string,
  revoke: (clientId: string) => Promise<void>,
  args: string[] = [],
): Promise<Outcome> {
  const child = spawn(process.execPath, ['scripts/doctor.ts', '--probe', '--json', ...args], {
    env: {
      ...testEnvironment(),
      NODE_ENV: 'production',
      APP_URL: appUrl,
      AUTHKIT_DOMAIN: authkitUrl,
      WORKOS_API_KEY: 'sk_test_local',
      WORKOS_CLIENT_ID: 'client_local',
      WORKOS_COOKIE_PASSWORD: 'kZ3v9Qw1xY7bT5nR8mC2dF6gH4jL0pSa',
      WORKOS_API_HOSTNAME: 'localhost',
      WORKOS_API_PORT: new URL(authkitUrl).port,
      WORKOS_API_HTTPS: 'false',
    },
  });
  let stdout = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const jar: CookieJar = new Map();
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    said.push(line);
    if (line.startsWith('http')) await fetch(await approve(line, { account: 'ada', jar }));
    const clientId = /^Revoke the client (\S+) /.exec(line)?.[1];
    if (clientId !== undefined) {
      await revoke(clientId);
      child.stdin.write('\n');
    }
  }
  const code = await closed;
  // Neither output has a token or a code.
  expect(`${said.join('\n')}\n${stdout}`).not.toMatch(/eyJ[\w-]+\.|[?&]code=/);
  if (stdout === '') throw new Error(said.join('\n'));
  return { code, rows: JSON.parse(stdout).rows };
}

/** Answers by question, of one client. */
const answers = (rows: readonly ProbeRow[], client: ProbeRow['client']) =>
  Object.fromEntries(rows.filter((row) => row.client === client).map(({ id, answer }) => [id, answer]));
const judged = (rows: readonly ProbeRow[], verdict: ProbeRow['verdict']) =>
  rows.filter((row) => row.verdict === verdict).map(({ id, client, detail }) => ({ id, client, detail }));

describe('npm run doctor -- --probe', () => {
  // One for each walk: an AuthKit does not change how it names clients, and two walks take the time of one.
  let stacks: [Stack, Stack];
  beforeAll(async () => {
    stacks = [await startStack(), await startStack()];
  });
  afterAll(() => Promise.all((stacks ?? []).map((stack) => stack.stop())));

  /** Revokes by a tool of the app, as another client of the same person. */
  async function revoke(stack: Stack, clientId: string): Promise<void> {
    const reviewer = await ScriptedClient.connect({
      url: `${stack.appUrl}/mcp`,
      account: 'ada',
      registration: 'dcr',
      era: 'auto',
      confirm: true,
      name: 'Reviewer',
      redirectUrl: 'http://127.0.0.1:1/callback',
    });
    const listed = (await reviewer.callTool('connections')).structuredContent;
    const { connections } = listed as { connections: { id: string; clientId: string | null }[] };
    const [connection] = connections.filter((row) => row.clientId === clientId);
    expect(connection).toBeDefined();
    await reviewer.callTool('revoke', { id: connection?.id });
    await reviewer.close();
  }

  const run = async (stack: Stack, changes: Partial<Behaviour>) => {
    await changeBehaviour(stack.authkitUrl, changes);
    return probe(stack.appUrl, stack.authkitUrl, (clientId) => revoke(stack, clientId));
  };

  test(
    'reports what two opposite AuthKits do, and that the product is right with both',
    async () => {
      const [kindStack, stack] = stacks;
      // The indicator is registered when AuthKit starts.
      const { body } = await workosRequest(stack.authkitUrl, 'GET', RESOURCES);
      for (const { id } of body.data as { id: string }[])
        await workosRequest(stack.authkitUrl, 'DELETE', `${RESOURCES}/${id}`);
      await workosRequest(stack.authkitUrl, 'POST', RESOURCES, { uri: `${stack.appUrl}/mcp`, default: true });
      const walks = [
        run(kindStack, {}),
        run(stack, {
          deleteEndsRefreshTokens: false,
          reconsentSid: 'same',
          grantClientId: 'id',
          clockAheadSeconds: 5,
          applicationIdPrefix: 'conn_app',
          omittedScope: 'all',
          unregisteredAudience: 'application',
          refreshReuseGraceSeconds: 10,
          issInResponse: true,
          fractionalTimes: true,
          tokenType: 'at+jwt',
          accessTokenLifetimeSeconds: 300,
          jwtTemplate: { aud: 'authenticated' },
          templateAudienceWins: false,
        }),
      ] as const;
      const [kind, unkind] = await Promise.all(walks);
      expect(judged(kind.rows, 'wrong')).toEqual([]);
      expect(judged(kind.rows, 'not asked').map(({ id }) => id)).toEqual(['template-audience']);
      expect(kind.code).toBe(0);
      expect(judged(unkind.rows, 'wrong')).toEqual([]);
      expect(unkind.code).toBe(0);

      expect(answers(kind.rows, undefined)).toMatchObject({
        'iss-in-response': 'no',
        indicator: 'yes',
        'indicator-duplicate': '422',
      });
      expect(answers(unkind.rows, undefined)).toMatchObject({
        'iss-in-response': 'yes',
        indicator: 'default',
        'indicator-duplicate': '422',
        'template-audience': 'no',
      });
      for (const client of ['cimd', 'dcr'] as const) {
        expect(answers(kind.rows, client)).toMatchObject({
          audience: 'yes',
          'token-client-id': 'the client id',
          'application-id': 'app_',
          'grant-client-id': 'yes',
          refresh: 'yes',
          'refresh-sid': 'yes',
          'refresh-reuse': 'no',
          delete: 'yes',
          'delete-ends-refresh': 'yes',
          'reconsent-sid': 'yes',
          'issuer-clock': 'no',
          'revoked-token': 'yes',
          'revoked-refresh': 'no',
          'revoked-reconsent': 'yes',
          'resource-omitted': 'the environment',
          'resource-unregistered': 'the environment',
          'scope-omitted': 'no',
        });
        expect(answers(unkind.rows, client)).toMatchObject({
          audience: 'yes',
          'application-id': 'conn_app_',
          'delete-ends-refresh': 'no',
          'reconsent-sid': 'no',
          'refresh-reuse': 'yes',
          'revoked-token': 'yes',
          'revoked-refresh': 'yes',
          'revoked-reconsent': 'yes',
          'resource-omitted': 'this server',
          'resource-unregistered': 'the client',
          'scope-omitted': 'yes',
        });
        expect(answers(unkind.rows, client)['token-form']).toContain('typ at+jwt, 300 s');
        expect(answers(unkind.rows, client)['token-form']).toContain('fractional iat');
      }
      expect(answers(unkind.rows, 'cimd')['grant-client-id']).toBe('no');
    },
    TIMEOUT_MS,
  );
});

describe('a product that accepts every token', () => {
  test(
    'is reported as wrong, and a client without a document for this computer as not asked',
    async () => {
      const data = temporaryDirectory('probe');
      await using product = await fakeServer((origin) => ({
        'POST /mcp': { body: { jsonrpc: '2.0', id: 'list-1', result: { tools: [] } } },
        '/oauth/client-metadata.json': {
          body: {
            client_id: 'https://client.test/oauth/client-metadata.json',
            redirect_uris: [`${origin}/cb`],
          },
        },
        '/oauth/other.json': { body: { redirect_uris: ['https://client.test/cb'] } },
      }));
      const authkit = await startAuthkit({ port: 0, appUrl: product.origin, dataDir: data.path });
      try {
        const document = 'https://client.test/oauth/other.json';
        const { code, rows } = await probe(product.origin, authkit.url, async () => {}, [
          '--client-id',
          document,
        ]);
        expect(code).toBe(1);
        expect(judged(rows, 'wrong').map(({ id }) => id)).toEqual([
          'revoked-token',
          'revoked-refresh',
          'resource-omitted',
          'resource-unregistered',
        ]);
        expect(judged(rows, 'not asked')).toMatchObject([
          { id: 'walk-ended', client: 'cimd', detail: expect.stringContaining('--client-id') },
          { id: 'template-audience' },
        ]);
      } finally {
        await authkit.close();
        data.remove();
      }
    },
    TIMEOUT_MS,
  );
});
