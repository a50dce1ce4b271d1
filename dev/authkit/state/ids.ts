import { createHash, randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A new id in the format of WorkOS: a prefix and a ULID, so that ids sort by creation time. */
export function newId(prefix: string): string {
  let time = '';
  for (let rest = Date.now(), i = 0; i < 10; i++, rest = Math.floor(rest / 32))
    time = ALPHABET.charAt(rest % 32) + time;
  return `${prefix}_${time}${letters(randomBytes(16))}`;
}

/** An id that is always the same for the same text. */
export function stableId(prefix: string, text: string): string {
  return `${prefix}_01${letters(createHash('sha256').update(text).digest().subarray(0, 24))}`;
}

function letters(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => ALPHABET.charAt(byte % 32)).join('');
}
