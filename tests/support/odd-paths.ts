import { expect } from 'vitest';
import type { PageSession } from './page-session.ts';

/** Parts of a URL that databases, parsers and lookups commonly fail on. */
export const ODD_PARTS = [
  '%00',
  'a%00b',
  '%ff',
  '%ed%a0%80',
  '%E2%80%AE',
  '__proto__',
  'constructor',
  "'%20or%201=1%20--",
  '%25',
  '_'.repeat(60),
  '%F0%9F%92%A9'.repeat(50),
  'x'.repeat(6_000),
  '-1',
  '1e400',
  'NaN',
  '../..',
  '%2e%2e%2f',
];

/** Fails when a page answers with a server error, in its status or in a part that was streamed later. */
export async function expectNoServerError(pages: PageSession, path: string): Promise<void> {
  const response = await pages.request(path);
  const text = await response.text();
  expect([path.slice(0, 120), response.status < 500]).toEqual([path.slice(0, 120), true]);
  // An error after the headers were sent shows as its digest, a number.
  expect(text).not.toMatch(/digest\\?":\\?"\d+|data-dgst="\d+"/);
}
