import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { discover } from '#features/discovery/discovery.ts';
import { discoveryFindings } from '#features/discovery/findings.ts';
import { FAULTLESS, FAULTY, type StubServer } from '#tests/support/stub-servers.ts';
import { startStub } from './stub-network.ts';

async function findingsOf(stub: StubServer) {
  await using started = await startStub(stub);
  const discovery = await discover(started.url, {
    fetch: started.fetch,
    allowLoopback: true,
    origin: 'https://pages.example',
    timeoutMs: started.timeoutMs,
    revision: stub.revision,
    registration: stub.registration,
  });
  return discoveryFindings(discovery);
}

describe('a server with one fault gets exactly its finding', () => {
  test.each(FAULTY.map((stub) => [stub.name, stub] as const))('%s', async (_name, stub) => {
    const findings = await findingsOf(stub);
    expect(findings.map(({ id }) => id).sort()).toEqual([stub.finding, ...(stub.and ?? [])].sort());
    const {
      title,
      observed,
      fix = '',
      reference,
    } = findings.find(({ id }) => id === stub.finding) ?? expect.fail();
    expect(`${title} ${observed} ${fix}`).toContain(stub.says ?? '');
    expect(reference.url).toMatch(/^https:/);
  });
});

describe('a server without a fault gets no finding', () => {
  test.each(FAULTLESS.map((stub) => [stub.name, stub] as const))('%s', async (_name, stub) => {
    expect(await findingsOf(stub)).toEqual([]);
  });
});

/** Findings that no server causes by itself, with the test that has them. */
const ELSEWHERE = ['host-not-public', 'unreachable', 'rate-limited', 'cancelled'];

test('every finding of discovery has a server with that fault', () => {
  const folder = new URL('../../../../features/discovery/', import.meta.url);
  const source = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('messages.ts'))
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n');
  const ids = [...source.matchAll(/\b(?:id: |error\(\s*)'([a-z][a-z\d-]+)'/g)].map(([, id]) => id);
  expect(ids.length).toBeGreaterThan(40);
  const covered = new Set([...FAULTY.map(({ finding }) => finding), ...ELSEWHERE]);
  expect(ids.filter((id) => !covered.has(id))).toEqual([]);
});
