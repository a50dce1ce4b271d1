import { createHash, randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A fresh id as WorkOS writes them: a prefix and a ULID, so that ids sort by the time they were made. */
export function newId(prefix: string): string {
  let time = '';
  for (let rest = Date.now(), i = 0; i < 10; i++, rest = Math.floor(rest / 32))
    time = ALPHABET.charAt(rest % 32) + time;
  return `${prefix}_${time}${letters(randomBytes(16))}`;
}

/** The same id for the same text, always. */
export function stableId(prefix: string, text: string): string {
  return `${prefix}_01${letters(createHash('sha256').update(text).digest().subarray(0, 24))}`;
}

function letters(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => ALPHABET.charAt(byte % 32)).join('');
}
