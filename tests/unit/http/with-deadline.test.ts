import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { withDeadline } from '#lib/http/with-deadline.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = new Promise<string>(() => undefined);

test('work that finishes in time gives its own result, and leaves no timer behind', async () => {
  await expect(withDeadline(Promise.resolve('done'), 1000, () => 'late')).resolves.toBe('done');
  await expect(withDeadline(Promise.reject(new Error('failed')), 1000, () => 'late')).rejects.toThrow(
    'failed',
  );
  expect(vi.getTimerCount()).toBe(0);
});

test('late work is replaced by what the deadline returns', async () => {
  const result = withDeadline(never, 1000, () => 'late');
  await vi.advanceTimersByTimeAsync(1000);
  await expect(result).resolves.toBe('late');
});

test('late work is refused with what the deadline throws', async () => {
  const result = withDeadline(never, 1000, () => {
    throw new Error('too slow');
  });
  const refused = expect(result).rejects.toThrow('too slow');
  await vi.advanceTimersByTimeAsync(1000);
  await refused;
});
