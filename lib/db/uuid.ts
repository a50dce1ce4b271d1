import { randomFillSync } from 'node:crypto';

const random = new Uint8Array(10 * 256);
let used = random.length;

/**
 * A UUID of version 7 (RFC 9562 section 5.7): sorts by time, to the millisecond.
 *
 * @param milliseconds - since the epoch
 */
export function uuidv7(milliseconds: number): string {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  const tail = Buffer.from(random.buffer, random.byteOffset + used, 10).toString('hex');
  used += 10;
  const variant = '89ab'[Number.parseInt(tail[3] ?? '0', 16) & 3];
  return `${timePart(milliseconds)}-7${tail.slice(0, 3)}-${variant}${tail.slice(4, 7)}-${tail.slice(7, 19)}`;
}

/** The smallest UUID of version 7 at a time: everything older sorts before it. */
export function firstUuidAt(milliseconds: number): string {
  return `${timePart(milliseconds)}-7000-8000-000000000000`;
}

/** Whether `text` is a UUID as PostgreSQL writes it. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

function timePart(milliseconds: number): string {
  const hex = Math.max(0, Math.trunc(milliseconds)).toString(16).padStart(12, '0').slice(-12);
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}
