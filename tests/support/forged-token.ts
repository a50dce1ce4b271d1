import { createHmac, KeyObject, sign } from 'node:crypto';
import type { TestIssuer } from './tokens.ts';

type Part = object | string | Uint8Array;

/** One part of a token: JSON for an object, the bytes as they are for anything else. */
function encodePart(part: Part): string {
  const bytes = typeof part === 'string' || part instanceof Uint8Array ? part : JSON.stringify(part);
  return Buffer.from(bytes).toString('base64url');
}

/** A token of any header and payload, whether or not they make sense, signed by `signer`. */
export function forge(header: Part, payload: Part, signer: (input: Buffer) => Uint8Array): string {
  const input = `${encodePart(header)}.${encodePart(payload)}`;
  return `${input}.${Buffer.from(signer(Buffer.from(input))).toString('base64url')}`;
}

/** Signs with RSA and SHA-256, as RS256 does, regardless of the header. */
export const rs256 = (key: CryptoKey) => (input: Buffer) => sign('sha256', input, KeyObject.from(key));

/** Signs with HMAC and `secret`. */
export const hmac = (hash: 'sha256' | 'sha384' | 'sha512', secret: string | Uint8Array) => (input: Buffer) =>
  createHmac(hash, secret).update(input).digest();

/** A token of the issuer's own key, with any header fields and any payload. */
export function signedByIssuer(issuer: TestIssuer, header: object, payload: Part): string {
  const { kid, privateKey } = issuer.key();
  return forge({ alg: 'RS256', kid, typ: 'JWT', ...header }, payload, rs256(privateKey));
}
