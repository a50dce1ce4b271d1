import { expect, test } from 'vitest';
import { examineConfiguration } from '#features/doctor/examine.ts';
import { parseConfig } from '#lib/config/env.ts';

const GOOD = {
  APP_URL: 'https://app.example.com',
  AUTHKIT_DOMAIN: 'https://tenant.authkit.app',
  WORKOS_API_KEY: 'sk_test_canary',
  WORKOS_CLIENT_ID: 'client_test',
  WORKOS_COOKIE_PASSWORD: 'kZ3v9Qw1xY7bT5nR8mC2dF6gH4jL0pSa',
  DATABASE_URL: 'postgres://nobody@db.example.com/x',
};
const offline = () => {
  throw new Error('The network was used.');
};

test.each([
  [
    'a swapped API key and client ID are',
    { WORKOS_API_KEY: GOOD.WORKOS_CLIENT_ID, WORKOS_CLIENT_ID: GOOD.WORKOS_API_KEY },
    ['api-key-is-client-id', 'client-id-is-api-key'],
  ],
  [
    'the WorkOS API as AUTHKIT_DOMAIN is',
    { AUTHKIT_DOMAIN: 'https://api.workos.com' },
    ['authkit-domain-is-api'],
  ],
])('%s found without the network, and no secret is shown', async (_case, changes, ids) => {
  const { findings, exchanges } = await examineConfiguration(parseConfig({ ...GOOD, ...changes }), {
    fetch: offline,
  });
  expect(findings.map(({ id }) => id)).toEqual(ids);
  expect(findings.every(({ severity, fix }) => severity === 'error' && fix !== undefined)).toBe(true);
  expect(exchanges).toEqual([]);
  expect(JSON.stringify(findings)).not.toContain('canary');
});
