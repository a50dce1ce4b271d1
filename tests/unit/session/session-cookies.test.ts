import { expect, test } from 'vitest';
import { sealedSession, storeSession } from '#lib/session/cookies.ts';

/** A browser: it drops a cookie of more than 4,096 bytes, attributes included. */
function browser() {
  const cookies = new Map<string, string>();
  return {
    cookies,
    get: (name: string) => (cookies.has(name) ? { value: cookies.get(name) ?? '' } : undefined),
    set(name: string, value: string, { maxAge }: { maxAge: number }) {
      if (`${name}=${value}`.length > 4_000) return;
      if (maxAge === 0) cookies.delete(name);
      else cookies.set(name, value);
    },
  };
}

const settings = { appUrl: 'https://app.example' };

test('a session of any accepted length comes back whole, whatever was stored before', () => {
  const jar = browser();
  for (const length of [100, 3_600, 3_601, 10_800, 7_200, 50, 4_096]) {
    const sealed = Array.from({ length }, (_, index) => index % 10).join('');
    expect(storeSession(sealed, settings, jar, jar)).toBe(true);
    expect(sealedSession(jar)).toBe(sealed);
  }
});

test('a session that is too large changes nothing, and an empty one deletes every cookie', () => {
  const jar = browser();
  storeSession('x'.repeat(5_000), settings, jar, jar);
  expect(storeSession('y'.repeat(10_801), settings, jar, jar)).toBe(false);
  expect(sealedSession(jar)).toBe('x'.repeat(5_000));
  storeSession('', settings, jar, jar);
  expect([...jar.cookies]).toEqual([]);
  expect(sealedSession(jar)).toBeUndefined();
});
