import { describe, expect, it } from 'vitest';
import { identify, initials } from '#features/connected-clients/client-identity.ts';
import type { ClientMetadataReading } from '#lib/cimd/client-metadata-document.ts';

const row = {
  kind: 'client',
  clientId: 'https://app.example/client.json',
  host: 'app.example',
  name: 'App',
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
  it('is listed by its host; its name is a claim', () => {
    const identity = identify(row, reading());
    expect(identity).toMatchObject({
      title: 'app.example',
      proven: true,
      standing: 'verified',
      hasLogo: true,
    });
    expect(identity.claim).toBe('calls itself “App”');
  });

  it('is not taken for proven when a check fails', () => {
    const identity = identify(
      row,
      reading({ verified: false, logoUri: undefined, findings: failed('client-id', 'It names itself') }),
    );
    expect(identity).toMatchObject({ proven: false, standing: 'unverified', hasLogo: false });
    expect(identity.meaning).toContain('It names itself');
  });

  it('says so when the document cannot be fetched', () =>
    expect(identify(row, reading({ verified: false, findings: failed('fetch', 'x') })).standing).toBe(
      'unreachable',
    ));

  it('is a local app when any program on the machine could be it', () =>
    expect(identify(row, reading({ localOnly: true })).standing).toBe('local'));

  it('waits for its document without a warning or a logo', () =>
    expect(identify(row, undefined)).toMatchObject({
      standing: 'checking',
      hasLogo: false,
      warning: undefined,
    }));

  it('shows no logo when it looks like somebody else', () => {
    const identity = identify(row, reading({ lookAlike: 'Reads like another' }));
    expect(identity).toMatchObject({ warning: 'Reads like another', hasLogo: false });
  });

  it('is warned of at once when its host reads like a well-known one', () =>
    expect(identify({ ...row, host: 'claude-ai.example' }, undefined).warning).toMatch(/Claude/));
});

describe('a client that registered itself', () => {
  it('is listed by its name in quotes, and never as proven', () =>
    expect(identify({ ...registered, redirectUris: ['https://a.example/cb'] }, null)).toMatchObject({
      title: '“App”',
      proven: false,
      claim: 'returns to a.example',
      standing: 'self_registered',
    }));

  it('is a local app when it returns to this machine only', () =>
    expect(
      identify({ ...registered, redirectUris: ['http://127.0.0.1:1/cb', 'http://localhost/cb'] }, null),
    ).toMatchObject({ standing: 'local', claim: 'returns to this machine' }));

  it.each([
    'http://localhost.evil.example/cb',
    'http://127.0.0.1.evil.example/',
    'http://localhost@evil.example/',
  ])('is not a local app when it returns to %s', (uri) =>
    expect(identify({ ...registered, redirectUris: [uri] }, null).standing).toBe('self_registered'),
  );

  it('is warned of when it bears a well-known name and returns to a foreign website', () => {
    const claude = { ...registered, name: 'Claude' };
    expect(identify({ ...claude, redirectUris: ['https://evil.example/cb'] }, null).warning).toMatch(
      /Claude/,
    );
    expect(identify({ ...claude, redirectUris: ['https://claude.ai/cb'] }, null).warning).toBeUndefined();
    expect(identify({ ...claude, redirectUris: ['http://localhost:1/cb'] }, null).warning).toBeUndefined();
  });

  it('has a title even without a name', () =>
    expect(identify({ ...registered, name: undefined }, null).title).toBe('A client without a name'));
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
