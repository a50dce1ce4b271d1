import { describe, expect, it } from 'vitest';
import { identifyByDocument } from '#features/connected-clients/document/document-identity.ts';
import type { ClientMetadataReading } from '#lib/cimd/client-metadata-document.ts';
import { row } from '../connected-clients/client-record.ts';

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
    const identity = identifyByDocument(row, reading());
    expect(identity).toMatchObject({
      title: 'app.example',
      proven: true,
      level: 'verified',
      hasLogo: true,
    });
    expect(identity.detail).toBe('Name claimed: App (unverified)');
  });

  it('is not proven when a check fails', () => {
    const identity = identifyByDocument(
      row,
      reading({ verified: false, logoUri: undefined, findings: failed('client-id', 'It names itself') }),
    );
    expect(identity).toMatchObject({ proven: false, level: 'unverified', hasLogo: false });
    expect(identity.explanation).toContain('It names itself');
  });

  it('is unreachable when the document cannot be fetched', () =>
    expect(identifyByDocument(row, reading({ verified: false, findings: failed('fetch', 'x') })).level).toBe(
      'unreachable',
    ));

  it('is a local app when any program on the computer could be it', () =>
    expect(identifyByDocument(row, reading({ localOnly: true })).level).toBe('local'));

  it('has a warning and no logo when it resembles another client', () => {
    const identity = identifyByDocument(row, reading({ lookAlike: 'It resembles another.' }));
    expect(identity).toMatchObject({
      warning:
        'It resembles another. Its metadata document is on app.example. Revoke it if you do not recognise it.',
      hasLogo: false,
    });
  });

  it('has a warning without the advice to revoke it when it is revoked', () =>
    expect(
      identifyByDocument({ ...row, state: 'revoked' }, reading({ lookAlike: 'It resembles another.' }))
        .warning,
    ).toBe('It resembles another. Its metadata document is on app.example.'));
});
