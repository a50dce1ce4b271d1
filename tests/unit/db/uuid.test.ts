import { expect, test } from 'vitest';
import { firstUuidAt, isUuid, uuidv7 } from '#lib/db/uuid.ts';

test('ids sort by time, and within a millisecond by the order in which they were made', () => {
  const ids = Array.from({ length: 3_000 }, (_, n) => uuidv7(1_700_000_000_000 + Math.floor(n / 1_000)));
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});

test('ids are UUIDs of version 7 and contain the time', () => {
  const id = uuidv7(Date.parse('2026-11-20T00:00:00Z'));
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(isUuid(id)).toBe(true);
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(Date.parse('2026-11-20T00:00:00Z'));
});

test('older ids sort before the first id of a time, and all others after it', () => {
  expect(uuidv7(999) < firstUuidAt(1000)).toBe(true);
  expect(uuidv7(1000) >= firstUuidAt(1000)).toBe(true);
});

test('text that is not a UUID is not accepted as one', () => {
  for (const text of ['', 'x', `${uuidv7(0)}0`, uuidv7(0).toUpperCase().replace('0', 'G'), "' or 1=1"])
    expect(isUuid(text)).toBe(false);
});
