import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRecorder } from '#lib/connections/recorder.ts';
import { callerOf } from '#tests/support/caller.ts';

const WINDOW_MS = 20;
/** As long as it takes until a group is written again that could not be. */
const RETRY_MS = 250;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A recorder whose database answers when the test says so. */
function recorderOfSlowDatabase(maxBatch?: number) {
  const writes: (PromiseWithResolvers<void> & { methods: string[] })[] = [];
  const recorder = createRecorder({
    windowMs: WINDOW_MS,
    ...(maxBatch && { maxBatch }),
    write(batch) {
      const write = Promise.withResolvers<void>();
      writes.push({ ...write, methods: batch.map(({ record }) => record.method) });
      return write.promise;
    },
    report: () => undefined,
  });
  return {
    record: (method: string) =>
      recorder.record({ caller: callerOf(), at: new Date(), method, outcome: 'allowed', durationMs: 1 }),
    unwritten: recorder.unwritten,
    /** Ends a write, and lets everything happen that follows from it at once. */
    async written(index: number) {
      writes[index]?.resolve();
      await vi.advanceTimersByTimeAsync(0);
    },
    async failed(index: number) {
      writes[index]?.reject(new Error('database is away'));
      await vi.advanceTimersByTimeAsync(0);
    },
    /** What the database was asked to write, by method. */
    asked: () => writes.map(({ methods }) => methods),
  };
}

/** A mock that has been called when `promise` is resolved. */
function told(promise: Promise<void> | undefined) {
  expect(promise).toBeInstanceOf(Promise);
  const callback = vi.fn();
  promise?.then(callback);
  return callback;
}

test('with nothing to write there is nothing to wait for, before the first call and after it is written', async () => {
  const { record, unwritten, written } = recorderOfSlowDatabase();
  expect(unwritten()).toBeUndefined();
  record('a');
  await vi.advanceTimersByTimeAsync(WINDOW_MS);
  await written(0);
  expect(unwritten()).toBeUndefined();
});

test('of the calls of one group only the first waits, until all of them are written', async () => {
  const { record, unwritten, written, asked } = recorderOfSlowDatabase();
  record('a');
  const first = told(unwritten());
  record('b');
  expect(unwritten()).toBeUndefined();
  await vi.advanceTimersByTimeAsync(WINDOW_MS);
  expect(asked()).toEqual([['a', 'b']]);
  expect(first).not.toHaveBeenCalled();
  await written(0);
  expect(first).toHaveBeenCalledOnce();
});

test('who waits for calls that do not fit in one write is told after the last of them', async () => {
  const { record, unwritten, written, asked } = recorderOfSlowDatabase(2);
  for (const method of ['a', 'b', 'c']) record(method);
  const first = told(unwritten());
  for (const method of ['d', 'e']) record(method);
  expect(unwritten()).toBeUndefined();

  await written(0);
  await vi.advanceTimersByTimeAsync(0);
  await written(1);
  expect(first).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(WINDOW_MS);
  expect(asked()).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  expect(first).not.toHaveBeenCalled();
  await written(2);
  expect(first).toHaveBeenCalledOnce();
});

test('a call that comes while a group is being written waits for the next group', async () => {
  const { record, unwritten, written } = recorderOfSlowDatabase();
  record('a');
  const first = told(unwritten());
  await vi.advanceTimersByTimeAsync(WINDOW_MS);
  record('b');
  const second = told(unwritten());
  await written(0);
  expect(first).toHaveBeenCalledOnce();
  expect(second).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(WINDOW_MS);
  await written(1);
  expect(second).toHaveBeenCalledOnce();
});

test('after an attempt that failed nobody waits any longer, and the next call waits for the next attempt', async () => {
  const { record, unwritten, written, failed, asked } = recorderOfSlowDatabase();
  record('a');
  const first = told(unwritten());
  await vi.advanceTimersByTimeAsync(WINDOW_MS);
  await failed(0);
  expect(first).toHaveBeenCalledOnce();

  record('b');
  const second = told(unwritten());
  expect(unwritten()).toBeUndefined();
  await vi.advanceTimersByTimeAsync(RETRY_MS);
  await written(1);
  expect(second).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(WINDOW_MS);
  await written(2);
  expect(asked()).toEqual([['a'], ['a'], ['b']]);
  expect(second).toHaveBeenCalledOnce();
});

test('who began to wait during an attempt that fails is told too', async () => {
  const { record, unwritten, failed } = recorderOfSlowDatabase();
  record('a');
  await vi.advanceTimersByTimeAsync(WINDOW_MS);
  record('b');
  const during = told(unwritten());
  await failed(0);
  expect(during).toHaveBeenCalledOnce();
  told(unwritten());
});
