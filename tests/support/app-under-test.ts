import { cpSync, globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningProcess } from '#scripts/processes.ts';
import { buildIfStale } from '#scripts/production-build.ts';

/** The app under test: the product with the tools, prompts and resources of `tools.ts` instead of its own. */
export const APP_UNDER_TEST = join('.data', 'app-under-test');

const FOLDERS = ['app', 'components', 'features', 'lib', 'public'];
const FILES = ['{proxy,instrumentation*}.ts', 'postcss.config.mjs', 'tsconfig.json', 'package.json'];
const TOOLS = 'lib/mcp/tools/index.ts';
const TEST_TOOLS = 'tests/support/tools.ts';
/** What those tools import from the tests. */
const TOOL_SUPPORT = 'tests/support/connections-of.ts';

/** Types are checked where the files come from. */
const NEXT_CONFIG = `import base from '../../next.config.ts';
export default { ...base, typescript: { ignoreBuildErrors: true } };
`;

function makeCopy(): void {
  mkdirSync(APP_UNDER_TEST, { recursive: true });
  for (const folder of FOLDERS) rmSync(join(APP_UNDER_TEST, folder), { recursive: true, force: true });
  for (const path of [...FOLDERS, ...globSync(FILES)])
    cpSync(path, join(APP_UNDER_TEST, path), { recursive: true });
  cpSync(TEST_TOOLS, join(APP_UNDER_TEST, TOOLS));
  cpSync(TOOL_SUPPORT, join(APP_UNDER_TEST, TOOL_SUPPORT));
  writeFileSync(join(APP_UNDER_TEST, 'next.config.mjs'), NEXT_CONFIG);
}

/**
 * Builds the app under test, unless it was built from the same files.
 *
 * @param onStart - is given the build's process, to stop it with
 */
export async function buildAppUnderTest(onStart: (build: RunningProcess) => void = () => {}): Promise<void> {
  await buildIfStale({
    quiet: true,
    onStart,
    copy: {
      directory: APP_UNDER_TEST,
      inputs: [TEST_TOOLS, TOOL_SUPPORT, 'tests/support/app-under-test.ts'],
      prepare: makeCopy,
    },
  });
}
