import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signIn } from '#dev/authkit/driver.ts';
import { startAuthkit } from '#dev/authkit/server.ts';
import { freePort } from '#tests/support/free-port.ts';
import { temporaryDirectory } from '#tests/support/processes.ts';
import { conformanceDocument } from '../documentation.ts';
import {
  documentationRow,
  listScenarios,
  type Outcome,
  REVISIONS,
  type Revision,
  runScenarios,
  table,
} from '../official-suite.ts';

const APP_URL = 'http://localhost:3000';
const SUITE_TIMEOUT_MS = 60_000;

const data = temporaryDirectory('authkit');
const outcomes: Partial<Record<Revision, Map<string, Outcome>>> = {};
let authkit: Awaited<ReturnType<typeof startAuthkit>>;

beforeAll(async () => {
  authkit = await startAuthkit({ port: 0, appUrl: APP_URL, dataDir: data.path });
});

afterAll(async () => {
  console.log(`\nOfficial suite, authorization server scenarios\n${table(outcomes, () => false)}`);
  await authkit.close();
  data.remove();
});

async function register(redirectUri: string): Promise<string> {
  const response = await fetch(`${authkit.url}/oauth2/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Official suite',
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: 'none',
    }),
  });
  expect(response.status).toBe(201);
  const { client_id: clientId } = (await response.json()) as { client_id: string };
  return clientId;
}

/** Signs in where the suite asks a person to open a URL, and brings the answer to the suite's listener. */
function person(port: number) {
  let opened = false;
  return (printed: string) => {
    const [url] = printed.match(/^http\S+\/oauth2\/authorize\?\S+$/m) ?? [];
    if (opened || !url) return;
    opened = true;
    signIn({ authorizationUrl: url, account: 'ada' })
      .then((callback) => fetch(callback))
      // The suite would wait for minutes; a response with an error makes it fail immediately.
      .catch((error) =>
        fetch(`http://127.0.0.1:${port}/callback?error=${encodeURIComponent(String(error))}`),
      );
  };
}

describe('local AuthKit, judged by the official suite', () => {
  test.each(REVISIONS)(
    'passes every authorization server scenario of revision %s',
    async (revision) => {
      const listed = await listScenarios('authorization');
      const expected = listed.filter(({ revisions }) => revisions.includes(revision));
      const port = await freePort();
      const clientId = await register(`http://127.0.0.1:${port}/callback`);
      const target = ['authorization', '--url', authkit.url, '--spec-version', revision];
      const client = ['--client-id', clientId, '--resource', `${APP_URL}/mcp`, '--port', String(port)];
      const run = await runScenarios([...target, ...client], person(port));
      outcomes[revision] = run;
      expect([...run.keys()].sort()).toEqual(expected.map(({ name }) => name).sort());
      expect([...run].filter(([, { verdict }]) => verdict !== 'passed')).toEqual([]);
    },
    SUITE_TIMEOUT_MS,
  );

  test('the documentation gives these figures', () => {
    const row = documentationRow('local AuthKit', outcomes);
    expect(conformanceDocument()).toContain(row);
  });
});
