import { buildAppUnderTest } from './app-under-test.ts';

/** Builds before the first browser test: every worker that Playwright starts expects the build to be there. */
export default async function setup(): Promise<void> {
  await buildAppUnderTest();
}
