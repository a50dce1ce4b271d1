import { buildIfStale } from '#scripts/production-build.ts';

/** Builds before the first browser test: every worker that Playwright starts expects the build to be there. */
export default async function setup(): Promise<void> {
  await buildIfStale({ quiet: true });
}
