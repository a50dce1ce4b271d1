import { describe, expect, it } from 'vitest';
import { identify, initials } from '#features/connected-clients/client-identity.ts';
import type { ClientMetadataReading } from '#lib/cimd/client-metadata-document.ts';

const row = {
  kind: 'client',
  clientId: 'https://app.example/client.json',
  host: 'app.example',
  name: 'App',
  state: 'active',
  redirectUris: [] as string[],
  dynamicallyRegistered: undefined as boolean | undefined,
} as const;

const registered = { ...row, clientId: 'client_1', host: undefined, dynamicallyRegistered: true };

function reading(change: Partial<ClientMetadataReading> = {}): ClientMetadataReading {
  return {
    clientId: row.clientId,
    host: row.host,
    verified: true,
    document: {},
    findings: [],
    name: 'App',
    lookAlike: undefined,
    localOnly: false,
    logoUri: 'https://app.example/logo.png',
    ...change,
  };
}

const failed = (id: string, title: string) => [
  { id, title, severity: 'error' as const, observed: '', reference: { name: '' } },
];

describe('a client with a metadata document', () => {
  it('is listed by its host, with its name as a claim', () => {
    const identity = identify(row, reading());
    expect(identity).toMatchObject({
      title: 'app.example',
      proven: true,
      level: 'verified',
      hasLogo: true,
    });
    expect(identity.detail).toBe('Name claimed: App (unverified)');
  });

  it('is not proven when a check fails', () => {
    const identity = identify(
      row,
      reading({ verified: false, logoUri: undefined, findings: failed('client-id', 'It names itself') }),
    );
    expect(identity).toMatchObject({ proven: false, level: 'unverified', hasLogo: false });
    expect(identity.explanation).toContain('It names itself');
  });

  it('is unreachable when the document cannot be fetched', () =>
    expect(identify(row, reading({ verified: false, findings: failed('fetch', 'x') })).level).toBe(
      'unreachable',
    ));

  it('is a local app when any program on the computer could be it', () =>
    expect(identify(row, reading({ localOnly: true })).level).toBe('local'));

  it('has no warning and no logo while its document is read', () =>
    expect(identify(row, undefined)).toMatchObject({
      level: 'checking',
      hasLogo: false,
      warning: undefined,
    }));

  it('has a warning and no logo when it resembles another client', () => {
    const identity = identify(row, reading({ lookAlike: 'It resembles another.' }));
    expect(identity).toMatchObject({
      warning:
        'It resembles another. Its metadata document is on app.example. Revoke it if you do not recognise it.',
      hasLogo: false,
    });
  });

  it('has a warning without the advice to revoke it when it is revoked', () =>
    expect(
      identify({ ...row, state: 'revoked' }, reading({ lookAlike: 'It resembles another.' })).warning,
    ).toBe('It resembles another. Its metadata document is on app.example.'));

  it('has a warning before its document is read when its host resembles a well-known one', () =>
    expect(identify({ ...row, host: 'claude-ai.example' }, undefined).warning).toMatch(/Claude/));
});

describe('a client that registered itself', () => {
  it('is listed by its name in quotes, and never as proven', () =>
    expect(identify({ ...registered, redirectUris: ['https://a.example/cb'] }, null)).toMatchObject({
      title: '“App”',
      proven: false,
      detail: 'Redirects to a.example',
      level: 'self_registered',
    }));

  it('is a local app when it only redirects to this computer', () =>
    expect(
      identify({ ...registered, redirectUris: ['http://127.0.0.1:1/cb', 'http://localhost/cb'] }, null),
    ).toMatchObject({ level: 'local', detail: 'Runs on your computer' }));

  it.each([
    'http://localhost.evil.example/cb',
    'http://127.0.0.1.evil.example/',
    'http://localhost@evil.example/',
  ])('is not a local app when it redirects to %s', (uri) =>
    expect(identify({ ...registered, redirectUris: [uri] }, null).level).toBe('self_registered'),
  );

  it('has a warning when it has a well-known name and redirects to a website of others', () => {
    const claude = { ...registered, name: 'Claude' };
    expect(identify({ ...claude, redirectUris: ['https://evil.example/cb'] }, null).warning).toMatch(
      /Claude/,
    );
    expect(identify({ ...claude, redirectUris: ['https://claude.ai/cb'] }, null).warning).toBeUndefined();
    expect(identify({ ...claude, redirectUris: ['http://localhost:1/cb'] }, null).warning).toBeUndefined();
  });

  it('has a title without a name', () =>
    expect(identify({ ...registered, name: undefined }, null).title).toBe('Unnamed client'));
});

describe('initials', () => {
  it.each([
    ['claude.ai', 'CA'],
    ['“Cursor”', 'C'],
    ['Ünïcode näme here', 'ÜN'],
    ['', ''],
    ['<script>', 'S'],
  ])('of %s are %s', (title, expected) => expect(initials(title)).toBe(expected));
});
