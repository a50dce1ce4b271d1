import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const SUITE = 'node_modules/@modelcontextprotocol/conformance/dist/index.js';
const CLIENT = 'tests/conformance/features/inspector/run-client.ts';
const MAX_PARALLEL = 3;
const run = promisify(execFile);

/** Scenarios that do not apply to the inspector, with the reason. Every other `auth/` scenario has to pass. */
const NOT_RUN: Record<string, string> = {
  'auth/client-credentials-jwt': 'extension: the inspector acts for a user, never for itself',
  'auth/client-credentials-basic': 'extension: the inspector acts for a user, never for itself',
  'auth/enterprise-managed-authorization': "extension: needs an organization's identity provider",
  'auth/dpop': 'extension: AuthKit issues bearer tokens',
  'auth/dpop-nonce': 'extension: AuthKit issues bearer tokens',
  'auth/wif-jwt-bearer': 'extension: workload identity, no user signs in',
};

async function conformance(args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run(process.execPath, [SUITE, ...args], {
    cwd: ROOT,
    env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout + stderr;
}

/** The suite's `auth/` scenarios with the revisions that each applies to. */
const listed = (await conformance(['list', '--client'])).split('\n').flatMap((line) => {
  const [, name, versions] = /^\s+- (auth\/\S+) \[(.*)\]$/.exec(line) ?? [];
  return name && versions ? [{ name, versions: versions.split(',') }] : [];
});

async function scenario(name: string, version: string): Promise<string> {
  try {
    const args = ['client', '--scenario', name, '--spec-version', version, '--timeout', '25000'];
    const output = await conformance([...args, '--command', `node ${CLIENT}`]);
    return /Passed: [1-9]\d*\/\d+, 0 failed, 0 warnings/.test(output) ? 'passed' : output;
  } catch (error) {
    return String(error);
  }
}

describe('the inspector in the official conformance suite', () => {
  test('skips only extensions, each with a reason', () => {
    const extensions = listed
      .filter(({ versions }) => versions.includes('extension'))
      .map(({ name }) => name);
    expect(Object.keys(NOT_RUN).sort()).toEqual(extensions.sort());
  });

  test.each(['2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'])(
    'passes every sign-in scenario of revision %s',
    async (version) => {
      const names = listed.filter(({ versions }) => versions.includes(version)).map(({ name }) => name);
      expect(names).not.toEqual([]);
      const results: Record<string, string> = {};
      const queue = [...names];
      const worker = async () => {
        for (let name = queue.shift(); name !== undefined; name = queue.shift())
          results[name] = await scenario(name, version);
      };
      await Promise.all(Array.from({ length: MAX_PARALLEL }, worker));
      expect(results).toEqual(Object.fromEntries(names.map((name) => [name, 'passed'])));
    },
    180_000,
  );
});
