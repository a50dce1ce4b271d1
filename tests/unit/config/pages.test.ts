import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DOCUMENTATION_PATH, OAUTH_CALLBACK_PATHS, PAGES } from '#lib/config/pages.ts';

const hasFile = (path: string, file: string) =>
  ['app/(site)', 'app'].some((folder) => existsSync(`${folder}${path}/${file}`));

test.each(PAGES)('$path is a page under app/', ({ path }) => expect(hasFile(path, 'page.tsx')).toBe(true));

test('each OAuth callback is a route under app/', () => {
  expect(OAUTH_CALLBACK_PATHS.filter((path) => !hasFile(path, 'route.ts'))).toEqual([]);
});

test('the published documentation is a page that can be read without signing in', () => {
  expect(PAGES.filter((page) => page.public).map(({ path }) => path)).toContain(DOCUMENTATION_PATH);
});

test('paths and labels occur once', () => {
  for (const values of [PAGES.map(({ path }) => path), PAGES.map(({ label }) => label)])
    expect(new Set(values).size).toBe(values.length);
});
