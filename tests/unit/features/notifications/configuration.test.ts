import { expect, test } from 'vitest';
import { ConfigError, parseConfig } from '#lib/config/env.ts';

const minimal = {
  AUTHKIT_DOMAIN: 'https://team.authkit.app',
  WORKOS_API_KEY: 'sk_live_secret_key',
  WORKOS_CLIENT_ID: 'client_123',
  WORKOS_COOKIE_PASSWORD: 'Zq3vN8kL2pR7tY5wX1cB9mD4fG6hJ0sA',
};
const url = 'https://hooks.example.com/x?token=1';
const secret = (byte: number) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`;

function problems(env: Record<string, string>): ConfigError['problems'] {
  try {
    parseConfig({ ...minimal, ...env });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

test('notifications are off without a receiver, and have one key for each secret', () => {
  expect(parseConfig(minimal).notifications).toBeUndefined();
  const env = { ...minimal, NOTIFY_WEBHOOK_URL: url, NOTIFY_WEBHOOK_SECRET: `${secret(1)} ${secret(2)}` };
  expect(parseConfig(env).notifications).toEqual({
    url,
    secrets: [Buffer.alloc(32, 1), Buffer.alloc(32, 2)],
  });
  expect(problems({ NOTIFY_WEBHOOK_URL: 'http://127.0.0.1:9/', NOTIFY_WEBHOOK_SECRET: secret(1) })).toEqual(
    [],
  );
});

test.each([
  ['NOTIFY_WEBHOOK_URL', { NOTIFY_WEBHOOK_URL: 'hooks.example.com' }, 'set the https URL'],
  ['NOTIFY_WEBHOOK_URL', { NOTIFY_WEBHOOK_URL: 'http://hooks.example.com' }, 'use https'],
  ['NOTIFY_WEBHOOK_URL', { NOTIFY_WEBHOOK_URL: 'https://u:pw@hooks.example.com' }, 'remove the user name'],
  ['NOTIFY_WEBHOOK_SECRET', { NOTIFY_WEBHOOK_SECRET: 'correct horse' }, 'whsec_'],
  ['NOTIFY_WEBHOOK_SECRET', { NOTIFY_WEBHOOK_SECRET: 'whsec_c2hvcnQ=' }, '24 to 64 random bytes'],
  ['NOTIFY_WEBHOOK_SECRET', { NOTIFY_WEBHOOK_SECRET: '' }, 'set it, because'],
  ['NOTIFY_WEBHOOK_URL', { NOTIFY_WEBHOOK_URL: '' }, 'or remove NOTIFY_WEBHOOK_SECRET'],
])('%s of %j is refused alone, without its value, and the fix says: %s', (variable, env, fix) => {
  const found = problems({ NOTIFY_WEBHOOK_URL: url, NOTIFY_WEBHOOK_SECRET: secret(1), ...env });
  expect(found).toMatchObject([{ variable, fix: expect.stringContaining(fix) }]);
  expect(found[0]?.found).toMatch(/^is (?:not set|set, \d+ characters \(not shown\))$/);
});
