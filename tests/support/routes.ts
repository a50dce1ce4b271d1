import { readFileSync } from 'node:fs';
import { APP_UNDER_TEST, buildAppUnderTest } from './app-under-test.ts';

await buildAppUnderTest();

/** Next's name of each route of the build (`/sign-in-failed/page`), and its path. */
const manifest: Record<string, string> = JSON.parse(
  readFileSync(`${APP_UNDER_TEST}/.next/app-path-routes-manifest.json`, 'utf8'),
);

const paths = (kind: 'page' | 'route') =>
  Object.entries(manifest)
    .filter(([name, path]) => name.endsWith(`/${kind}`) && !path.startsWith('/_'))
    .map(([, path]) => path.replaceAll(/\[\w+\]/g, 'nothing'));

/** Paths of all pages of the app under test. A segment that is a parameter is `nothing`. */
export const PAGE_PATHS: readonly string[] = paths('page');

/** Paths of all route handlers of the app under test. A segment that is a parameter is `nothing`. */
export const ROUTE_PATHS: readonly string[] = paths('route');

/** Paths that programs of any origin may read, which do not take part in a session. */
export const PROGRAM_PATHS: readonly string[] = ROUTE_PATHS.filter((path) =>
  /^\/(mcp|health|webhooks|oauth|\.well-known)(\/|$)/.test(path),
);
