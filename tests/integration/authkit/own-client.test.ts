import { generateKeyPairSync } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientKey } from '#lib/cimd/client-key.ts';
import {
  clientJwksResponse,
  clientMetadataResponse,
  ownClientMetadata,
} from '#lib/cimd/own-client-metadata.ts';
import { parseConfig } from '#lib/config/env.ts';
import { signedAssertion } from '#tests/support/client-assertion.ts';
import { type StandIn, startStandIn } from './fake-app.ts';
import { authorize, token } from './oauth-client.ts';

let standIn: StandIn;
beforeAll(async () => {
  standIn = await startStandIn({ behaviour: { privateKeyJwt: true } });
});
afterAll(() => standIn.close());

const keys = {
  'a P-256 key': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'an RSA key': () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  'an Ed25519 key': () => generateKeyPairSync('ed25519'),
};

/** Publishes our own document and keys as the app would; returns their configuration. */
function publish(privateKey: string) {
  const config = parseConfig({
    APP_URL: standIn.appUrl,
    AUTHKIT_DOMAIN: standIn.authkit.url,
    WORKOS_API_KEY: 'sk_test_local',
    WORKOS_CLIENT_ID: 'client_local',
    WORKOS_COOKIE_PASSWORD: 'abcdefghijklmnopqrstuvwxyz0123456789',
    CLIENT_PRIVATE_KEY: privateKey,
  });
  const serve = (answer: Response) => async (response: ServerResponse) => {
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.clone().text());
  };
  const request = new Request(standIn.appUrl);
  standIn.documents.set('oauth/client-metadata', serve(clientMetadataResponse(request, config)));
  standIn.documents.set('oauth/jwks', serve(clientJwksResponse(request, config)));
  return config;
}

describe('our own client metadata document at AuthKit', () => {
  test('signs a public client in', async () => {
    const document = ownClientMetadata(publish(''));
    const [redirectUri = ''] = document.redirect_uris;
    const { code, verifier } = await authorize(standIn.authkit.url, {
      clientId: document.client_id,
      redirectUri,
    });
    const answer = await token(standIn.authkit.url, {
      grant_type: 'authorization_code',
      client_id: document.client_id,
      redirect_uri: redirectUri,
      code,
      code_verifier: verifier,
    });
    expect(answer.status).toBe(200);
  });

  test.each(Object.entries(keys))(
    'signs in a client that authenticates with %s, and refuses it without a client assertion',
    async (_kind, make) => {
      // A client is kept for up to a minute, and this one has a new key each time.
      await standIn.restart();
      const pem = make().privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      const config = publish(pem);
      const document = ownClientMetadata(config);
      const key = clientKey(config);
      if (key === undefined) throw new Error('There is a key');
      const [redirectUri = ''] = document.redirect_uris;
      const { code, verifier } = await authorize(standIn.authkit.url, {
        clientId: document.client_id,
        redirectUri,
      });
      const fields = {
        grant_type: 'authorization_code',
        client_id: document.client_id,
        redirect_uri: redirectUri,
        code,
        code_verifier: verifier,
      };
      expect(await token(standIn.authkit.url, fields)).toMatchObject({
        status: 401,
        error: 'invalid_client',
      });
      const assertion = await signedAssertion(key, {
        clientId: document.client_id,
        audience: standIn.authkit.url,
      });
      const answer = await token(standIn.authkit.url, {
        ...fields,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      });
      expect(answer).toMatchObject({ status: 200 });
    },
  );
});
