import { randomFillSync } from 'node:crypto';

/** Random bytes of one id; they are drawn for many ids together. */
const RANDOM_BYTES = 10;
const random = Buffer.alloc(RANDOM_BYTES * 256);
let used = random.length;
let last = { milliseconds: -1, sequence: 0 };

/**
 * A UUID of version 7 (RFC 9562 section 5.7). Ids sort by time, and ids of one millisecond by the order in which this
 * process made them (section 6.2, method 1). The `uuid` package keeps that order only for the current time.
 *
 * @param milliseconds - since the epoch
 */
export function uuidv7(milliseconds: number): string {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  const start = random.readUInt16BE(used) & 0x7ff;
  const sequence = milliseconds === last.milliseconds ? Math.min(last.sequence + 1, 0xfff) : start;
  last = { milliseconds, sequence };
  const tail = random.toString('hex', used + 2, used + RANDOM_BYTES);
  used += RANDOM_BYTES;
  const variant = '89ab'[Number.parseInt(tail[0] ?? '0', 16) & 3];
  const counter = sequence.toString(16).padStart(3, '0');
  return `${timePart(milliseconds)}-7${counter}-${variant}${tail.slice(1, 4)}-${tail.slice(4)}`;
}

/** The smallest UUID of version 7 at a time: all older ones sort before it. */
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
