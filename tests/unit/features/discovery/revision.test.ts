import { describe, expect, test } from 'vitest';
import { discover } from '#features/discovery/discovery.ts';
import { discoveryFindings } from '#features/discovery/findings.ts';
import { REVISIONS, type Revision } from '#features/discovery/revision.ts';
import { FAULTY, type StubServer } from '#tests/support/stub-servers.ts';
import { startStub } from './stub-network.ts';

async function findingsIn(revision: Revision | 'auto', name: string | StubServer) {
  const stub = typeof name === 'string' ? FAULTY.find((one) => one.name === name) : name;
  await using started = await startStub(stub ?? expect.fail());
  const discovery = await discover(started.url, {
    fetch: started.fetch,
    allowLoopback: true,
    origin: 'https://pages.example',
    revision,
  });
  return discoveryFindings(discovery);
}

/** Faults of which findings cite a section of MCP, which has another place in each revision. */
const CITING_MCP = [
  'a web page',
  '403 in place of 401',
  'no protected resource metadata',
  'no authorization server',
  'no authorization server metadata',
  'no PKCE',
  'a token endpoint without https',
];

describe.each(REVISIONS)('findings by the rules of MCP %s', (revision) => {
  test('cite the sections of this revision and of no other', async () => {
    for (const name of CITING_MCP) {
      const [finding] = await findingsIn(revision, name);
      expect([name, finding?.reference.name]).toEqual([name, expect.stringContaining(`MCP ${revision}`)]);
      expect(finding?.reference.url).toContain(
        `https://modelcontextprotocol.io/specification/${revision}/basic/`,
      );
    }
  });

  test.each<[string, Record<Revision, string | undefined>]>([
    [
      'no client metadata documents',
      { '2026-07-28': 'warning', '2025-11-25': 'warning', '2025-06-18': undefined },
    ],
    [
      'no issuer in the authorization response',
      { '2026-07-28': 'note', '2025-11-25': undefined, '2025-06-18': undefined },
    ],
    [
      'offline_access in the challenge',
      { '2026-07-28': 'warning', '2025-11-25': undefined, '2025-06-18': undefined },
    ],
    ['a challenge without scope', { '2026-07-28': 'note', '2025-11-25': 'note', '2025-06-18': undefined }],
    [
      'only OpenID Connect discovery',
      { '2026-07-28': 'note', '2025-11-25': 'note', '2025-06-18': 'warning' },
    ],
    ['no PKCE', { '2026-07-28': 'error', '2025-11-25': 'error', '2025-06-18': 'warning' }],
  ])('judge %s as this revision does', async (name, severities) => {
    const fault = FAULTY.find((stub) => stub.name === name)?.finding;
    const found = (await findingsIn(revision, name)).find(({ id }) => id === fault);
    expect(found?.severity).toBe(severities[revision]);
  });
});

test('without registration, a server of 2025-06-18 gets a warning that its clients cannot identify themselves', async () => {
  const ids = async (revision: Revision) =>
    (await findingsIn(revision, { name: 'no fault', finding: undefined })).map(({ id }) => id);
  expect(await ids('2025-06-18')).toEqual(['registration-not-offered']);
  expect(await ids('2025-11-25')).toEqual([]);
});

test('a server that negotiates a revision by itself is judged by that revision', async () => {
  const open = (version: string): StubServer => ({
    name: version,
    finding: undefined,
    routes: () => ({
      'POST /mcp': (headers) =>
        headers['mcp-method']
          ? { status: 400 }
          : {
              headers: { 'access-control-allow-origin': '*' },
              body: { jsonrpc: '2.0', id: 1, result: { protocolVersion: version } },
            },
    }),
  });
  const [finding] = await findingsIn('auto', open('2025-06-18'));
  expect(finding?.reference.name).toBe('MCP 2025-06-18, Error Handling');
  const chosen = await findingsIn('2025-11-25', open('2025-06-18'));
  expect(chosen.map(({ id }) => id)).toContain('revision-not-supported');
});
