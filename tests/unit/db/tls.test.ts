import pg from 'pg';
import { expect, test } from 'vitest';
import { connectionOptions } from '#lib/db/tls.ts';

/** What pg does with the options: false, or whether the certificate is verified. */
function tls(url: string, ca?: string): boolean | 'unverified' {
  const { ssl } = new pg.Client(connectionOptions({ url, ca })) as unknown as {
    ssl: boolean | { rejectUnauthorized?: boolean } | undefined;
  };
  if (typeof ssl !== 'object') return ssl ?? false;
  return ssl.rejectUnauthorized === false ? 'unverified' : true;
}

test.each([
  ['postgres://app:pass@db.example.com/app', true],
  ['postgres://app:pass@8.8.8.8/app', true],
  ['postgres://app:p%40ss@db.example.com:6543/app?application_name=x', true],
  ['postgres://app:pass@db.example.com/app?sslmode=require', true],
  ['postgres://app:pass@db.example.com/app?sslmode=disable', false],
  ['postgres://app:pass@db.example.com/app?sslmode=no-verify', 'unverified'],
  ['postgres://app:pass@db.example.com/app?sslmode=require&uselibpqcompat=true', 'unverified'],
  ['postgres://app:pass@localhost/app', false],
  ['postgres://app:pass@localhost/app?sslmode=require', true],
  ['postgres://app:pass@database/app', false],
  ['postgres://app:pass@10.1.2.3/app', false],
  ['postgres://app:pass@postgres.railway.internal/app', false],
  ['postgres:///app?host=/var/run/postgresql', false],
])('a connection to %s is encrypted and verified: %s', (url, expected) => {
  expect(tls(url)).toBe(expected);
});

test('the password and the other parameters of the URL are kept', () => {
  const client = new pg.Client(
    connectionOptions({ url: 'postgres://app:p%40s%2Fs@db.example.com:6543/app?application_name=x' }),
  );
  expect(client).toMatchObject({ user: 'app', password: 'p@s/s', host: 'db.example.com', port: 6543 });
});

test('a certificate authority turns verification on, whatever the URL says', () => {
  const url = 'postgres://app:pass@database/app?sslmode=no-verify';
  expect(tls(url, 'PEM')).toBe(true);
  expect(new pg.Client(connectionOptions({ url, ca: 'PEM' }))).toMatchObject({ ssl: { ca: 'PEM' } });
});
