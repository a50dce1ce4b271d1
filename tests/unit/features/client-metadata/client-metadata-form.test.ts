import { describe, expect, test } from 'vitest';
import { clientMetadataForm, writeClientMetadata } from '#features/client-metadata/client-metadata-form.ts';

const query = {
  client_id: ' https://notes.example.com/oauth/client.json ',
  client_name: 'Notes',
  redirect_uris: 'https://notes.example.com/callback\r\n\r\n  https://notes.example.com/other ',
};
const written = (changes: Record<string, string | string[]> = {}) => {
  const form = clientMetadataForm({ ...query, ...changes });
  if (form === undefined) throw new Error('The form is filled in');
  return writeClientMetadata(form);
};
const failed = ({ rules }: ReturnType<typeof written>) =>
  rules.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id);

describe('a document written for a client of one’s own', () => {
  test('has what was said and nothing else, and passes every rule', () => {
    const result = written();
    expect(result.rules.every(({ outcome }) => outcome === 'pass')).toBe(true);
    expect(result.document).toEqual({
      client_id: 'https://notes.example.com/oauth/client.json',
      client_name: 'Notes',
      redirect_uris: ['https://notes.example.com/callback', 'https://notes.example.com/other'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      application_type: 'web',
      token_endpoint_auth_method: 'none',
    });
  });

  test('names the keys of a client that has some', () => {
    expect(written({ jwks_uri: 'https://notes.example.com/jwks' }).document).toMatchObject({
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: 'https://notes.example.com/jwks',
    });
  });

  test.each(['http://127.0.0.1/cb', 'http://localhost:8080/cb', 'com.example.notes:/cb'])(
    'is for a native client when it comes back to %s',
    (uri) => expect(written({ redirect_uris: uri }).document.application_type).toBe('native'),
  );

  test('is judged like any other', () => {
    expect(failed(written({ client_id: 'http://notes.example.com/x' }))).toEqual(['url_https']);
    expect(failed(written({ redirect_uris: 'javascript:alert(1)' }))).toEqual(['redirect_uris_safe']);
    expect(failed(written({ redirect_uris: '' }))).toEqual(['redirect_uris']);
    expect(failed(written({ logo_uri: 'https://10.0.0.1/' }))).toEqual(['links']);
    expect(failed(written({ client_id: 'https://client.test/x' }))).toEqual(['url_host']);
  });

  test('is not written from an empty form, and fields given twice do not count', () => {
    expect(clientMetadataForm({})).toBeUndefined();
    expect(
      clientMetadataForm({ client_id: ['https://a.example.com/x', 'https://b.example.com/x'] }),
    ).toBeUndefined();
    expect(written({ client_name: ['a', 'b'] }).document).not.toHaveProperty('client_name');
  });
});
