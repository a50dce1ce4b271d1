import { describe, expect, test } from 'vitest';
import { examineServer, type ServerOptions } from '#scripts/doctor/examine-server.ts';
import { FAULTLESS, FAULTY, type StubServer } from '#tests/support/stub-servers.ts';
import { startStub } from '#tests/unit/features/discovery/stub-network.ts';

/** The output and the exit code of the command for a stub server. */
async function doctor(stub: StubServer, options: Partial<ServerOptions> = {}) {
  await using started = await startStub(stub);
  const lines: string[] = [];
  const code = await examineServer(started.url, {
    fetch: started.fetch,
    timeoutMs: started.timeoutMs,
    revision: stub.revision,
    registration: stub.registration,
    format: 'json',
    print: (text) => lines.push(text),
    ...options,
  });
  return { code, output: lines.join('\n') };
}
const stubCalled = (name: string) => FAULTY.find((stub) => stub.name === name) ?? expect.fail();

type Output = { findings: { id: string; severity: string }[] };

describe('npm run doctor -- <url>, for a server with one fault, prints exactly its finding', () => {
  test.each(FAULTY.map((stub) => [stub.name, stub] as const))('%s', async (_name, stub) => {
    const { code, output } = await doctor(stub);
    const { findings } = JSON.parse(output) as Output;
    expect(findings.map(({ id }) => id).sort()).toEqual([stub.finding, ...(stub.and ?? [])].sort());
    expect(code).toBe(findings.some(({ severity }) => severity === 'error') ? 1 : 0);
    expect(output).not.toContain('geheim');
  });
});

test('npm run doctor -- <url> prints no finding for a server without a fault', async () => {
  for (const stub of FAULTLESS) {
    const { code, output } = await doctor(stub, { format: 'text' });
    expect([stub.name, code, output]).toEqual([stub.name, 0, expect.stringContaining('No findings.')]);
  }
});

describe('npm run doctor -- <url>', () => {
  test('exits by --fail-on', async () => {
    const warned = stubCalled('no client metadata documents');
    const codes = [];
    for (const failOn of ['error', 'warning', 'note', 'never'] as const)
      codes.push((await doctor(warned, { failOn })).code);
    expect(codes).toEqual([0, 1, 1, 0]);
    expect((await doctor(stubCalled('no PKCE'), { failOn: 'never' })).code).toBe(0);
  });

  test('prints Markdown and SARIF with the same findings', async () => {
    const stub = stubCalled('a resource with a slash too many');
    expect((await doctor(stub, { format: 'markdown' })).output).toContain('**resource is not the URL');
    const { runs } = JSON.parse((await doctor(stub, { format: 'sarif' })).output);
    expect(runs[0].results.map(({ ruleId }: { ruleId: string }) => ruleId)).toEqual(['resource-mismatch']);
  });
});
