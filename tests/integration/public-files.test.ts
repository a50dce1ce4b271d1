import { beforeAll, expect, test } from 'vitest';
import { type PageSession, signInToPages } from '#tests/support/page-session.ts';
import { sharedStack } from '#tests/support/shared-stack.ts';

// The browser of a signed-in person does not cache responses that go through the pages' proxy.
let signedIn: PageSession;
beforeAll(async () => {
  const { appUrl } = await sharedStack();
  signedIn = await signInToPages(appUrl, 'ada');
});

// Their names stay when they change, so a copy is good for as long as the server says that it is the same.
test.each([
  ['/logo.svg', 'image/svg+xml'],
  ['/logo.png', 'image/png'],
])(
  '%s is kept by browsers, asked for again cheaply, and has nothing to do with sessions',
  async (path, type) => {
    const first = await signedIn.request(path);
    expect(first.status).toBe(200);
    expect(first.headers.get('content-type')).toBe(type);
    expect(first.headers.get('cache-control')).toBe('public, max-age=0');
    expect(first.headers.get('x-content-type-options')).toBe('nosniff');
    expect(first.headers.has('set-cookie')).toBe(false);
    const again = await signedIn.request(path, {
      // Without the second, fetch asks for a whole copy; browsers send it.
      headers: { 'if-none-match': first.headers.get('etag') ?? '', 'cache-control': 'max-age=0' },
    });
    expect(again.status).toBe(304);
  },
);
