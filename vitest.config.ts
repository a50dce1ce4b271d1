import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Wall clock of one test. Generous: tests share two cores, which may be busy with other work. */
const TIMEOUT_MS = 60_000;

const project = (name: string) => ({
  resolve: {
    // Next refuses this module outside the server; tests are the server.
    alias: {
      'server-only': fileURLToPath(new URL('node_modules/server-only/empty.js', import.meta.url)),
    },
  },
  test: {
    name,
    environment: 'node',
    include: [`tests/${name}/**/*.test.ts`],
    globalSetup: name === 'unit' || name === 'deploy' ? [] : ['tests/support/stack-setup.ts'],
    testTimeout: TIMEOUT_MS,
    // One second, the default, is too short for a statement or a request on a busy machine.
    expect: { poll: { timeout: TIMEOUT_MS / 3 } },
    hookTimeout: 5 * TIMEOUT_MS,
    restoreMocks: true,
    unstubEnvs: true,
  },
});

const integration = project('integration');

const unit = project('unit');
/**
 * Tests that configure the process, replace modules or change every server of the process. All other unit tests share a
 * process, which saves half the time.
 */
const ownProcess = globSync(unit.test.include).filter((file) =>
  /support\/(?:endpoint|stub-configuration|fake-sessions)|server\/(?:incoming-request|drain)|observability\/console|vi\.(?:mock|stub)|process\.env/.test(
    readFileSync(file, 'utf8'),
  ),
);
const shared = { ...unit, test: { ...unit.test, isolate: false, exclude: ownProcess } };
const isolated = { ...unit, test: { ...unit.test, name: 'unit-isolated', include: ownProcess } };

/** The tests of the protocol once more, with every request served by the SDK. */
const withoutFastPath = {
  ...integration,
  test: {
    ...integration.test,
    name: 'without-fast-path',
    include: ['tests/unit/mcp/tools/**/*.test.ts', 'tests/integration/mcp/endpoint.test.ts'],
    exclude: ['**/*-store.test.ts'],
    env: { MCP_FAST_PATH: 'off' },
  },
};

export default defineConfig({
  test: {
    projects: [
      shared,
      isolated,
      integration,
      withoutFastPath,
      ...['security', 'conformance', 'deploy'].map(project),
    ],
    maxWorkers: 2,
    reporters: ['default'],
  },
});
