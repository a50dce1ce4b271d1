import { describe, expect, test } from 'vitest';
import { documentForm, generateDocument } from '#features/client-metadata/document-form.ts';

const query = {
  client_id: ' https://notes.example.com/oauth/client.json ',
  client_name: 'Notes',
  redirect_uris: 'https://notes.example.com/callback\r\n\r\n  https://notes.example.com/other ',
};
const generated = (changes: Record<string, string | string[]> = {}) => {
  const form = documentForm({ ...query, ...changes });
  if (form === undefined) throw new Error('The form is empty');
  return generateDocument(form);
};
const failed = ({ findings }: ReturnType<typeof generated>) =>
  findings.filter(({ severity }) => severity === 'error').map(({ id }) => id);

describe('a generated client metadata document', () => {
  test('has the fields of the form and passes every check', () => {
    const result = generated();
    expect(result.findings.every(({ severity }) => severity === 'passed')).toBe(true);
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

  test('names the public keys of a client that has keys', () => {
    expect(generated({ jwks_uri: 'https://notes.example.com/jwks' }).document).toMatchObject({
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: 'https://notes.example.com/jwks',
    });
  });

  test.each(['http://127.0.0.1/cb', 'http://localhost:8080/cb', 'com.example.notes:/cb'])(
    'is for a native client when a redirect URI is %s',
    (uri) => expect(generated({ redirect_uris: uri }).document.application_type).toBe('native'),
  );

  test('is checked like a document that is fetched', () => {
    expect(failed(generated({ client_id: 'http://notes.example.com/x' }))).toEqual(['url-https']);
    expect(failed(generated({ redirect_uris: 'javascript:alert(1)' }))).toEqual(['redirect-uris-safe']);
    expect(failed(generated({ redirect_uris: '' }))).toEqual(['redirect-uris']);
    expect(failed(generated({ logo_uri: 'https://10.0.0.1/' }))).toEqual(['links']);
    expect(failed(generated({ client_id: 'https://client.test/x' }))).toEqual(['url-host']);
  });

  test('is not generated from an empty form, and repeated fields are ignored', () => {
    expect(documentForm({})).toBeUndefined();
    expect(
      documentForm({ client_id: ['https://a.example.com/x', 'https://b.example.com/x'] }),
    ).toBeUndefined();
    expect(generated({ client_name: ['a', 'b'] }).document).not.toHaveProperty('client_name');
  });
});
