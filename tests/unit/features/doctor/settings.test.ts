import { expect, test } from 'vitest';
import { examineConfiguration } from '#features/doctor/examine.ts';
import { adviceFindings } from '#features/doctor/settings.ts';
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

const advice = (changes: Record<string, string>) =>
  adviceFindings(
    parseConfig({ ...GOOD, TRUSTED_PROXY_HOPS: '1', WORKOS_WEBHOOK_SECRET: SECRET, ...changes }),
  ).map(({ id }) => id);
const SECRET = 'whsec_only-for-tests-0123456789';
const SECURE = 'postgres://user:canary@db.example.com/x?sslmode=verify-full';

test.each([
  ['a public app that trusts no proxy', { TRUSTED_PROXY_HOPS: '0' }, ['trusted-proxy-hops']],
  ['a public app that trusts one', {}, []],
  ['an app on Vercel', { TRUSTED_PROXY_HOPS: '0', VERCEL: '1' }, []],
  ['an app without webhooks', { WORKOS_WEBHOOK_SECRET: '' }, ['webhook-off']],
  ['other audiences', { MCP_EXTRA_AUDIENCES: 'client_1' }, ['extra-audiences']],
])('advice for %s', (_case, changes, ids) => {
  expect(advice({ DATABASE_URL: SECURE, ...changes })).toEqual(ids);
});

test.each([
  ['postgres://user:canary@db.example.com/x', []],
  ['postgres://user:canary@db.example.com/x?sslmode=disable', ['database-unencrypted']],
  ['postgres://user:canary@8.8.8.8/x?sslmode=disable', ['database-unencrypted']],
  ['postgres://user:canary@db.example.com/x?sslmode=no-verify', ['database-unverified']],
  ['postgres://user:canary@db.example.com/x?sslmode=require', []],
  [SECURE, []],
  ['postgres://user:canary@db/x', []],
  ['postgres://user:canary@localhost/x', []],
  ['postgres://user:canary@10.1.2.3/x', []],
  ['postgres://user:canary@[fd00::1]/x', []],
  ['postgres://user:canary@postgres.internal/x', []],
])('the encryption of %s', (url, ids) => {
  expect(advice({ DATABASE_URL: url })).toEqual(ids);
  expect(JSON.stringify(adviceFindings(parseConfig({ ...GOOD, DATABASE_URL: url })))).not.toContain('canary');
});
