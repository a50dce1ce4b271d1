import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRecorder } from '#lib/connections/recorder.ts';
import { callerOf } from '#tests/support/caller.ts';

const WINDOW_MS = 20;
/** The delay before a failed batch is written again. */
const RETRY_MS = 250;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A recorder whose database answers when the test lets it. */
function recorderOfSlowDatabase(maxBatch?: number) {
  const writes: (PromiseWithResolvers<void> & { methods: string[] })[] = [];
  const recorder = createRecorder({
    windowMs: WINDOW_MS,
    maxBatch,
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
    pendingWrite: recorder.pendingWrite,
    /** Completes a write and runs what immediately follows. */
    async written(index: number) {
      writes[index]?.resolve();
      await vi.advanceTimersByTimeAsync(0);
    },
    async failed(index: number) {
      writes[index]?.reject(new Error('database is away'));
      await vi.advanceTimersByTimeAsync(0);
    },
    /** The methods of the batches passed to the database. */
    asked: () => writes.map(({ methods }) => methods),
  };
}

/** A mock that is called when `promise` resolves. */
function onResolve(promise: Promise<void> | undefined) {
  expect(promise).toBeInstanceOf(Promise);
  const callback = vi.fn();
  promise?.then(callback);
  return callback;
}

test('nothing is pending before the first call and after it is written', async () => {
  const { record, pendingWrite, written } = recorderOfSlowDatabase();
  expect(pendingWrite()).toBeUndefined();
  record('a');
  await vi.advanceTimersByTimeAsync(WINDOW_MS);
  await written(0);
  expect(pendingWrite()).toBeUndefined();
});

test('only the first call of a batch gets the promise, which resolves when all of them are written', async () => {
  const { record, pendingWrite, written, asked } = recorderOfSlowDatabase();
  record('a');
  const first = onResolve(pendingWrite());
  record('b');
  expect(pendingWrite()).toBeUndefined();
  await vi.advanceTimersByTimeAsync(WINDOW_MS);
  expect(asked()).toEqual([['a', 'b']]);
  expect(first).not.toHaveBeenCalled();
  await written(0);
  expect(first).toHaveBeenCalledOnce();
});

test('the promise of calls that need several batches resolves after the last batch', async () => {
  const { record, pendingWrite, written, asked } = recorderOfSlowDatabase(2);
  for (const method of ['a', 'b', 'c']) record(method);
  const first = onResolve(pendingWrite());
  for (const method of ['d', 'e']) record(method);
  expect(pendingWrite()).toBeUndefined();

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

test('a call during a write waits for the next batch', async () => {
  const { record, pendingWrite, written } = recorderOfSlowDatabase();
  record('a');
  const first = onResolve(pendingWrite());
  await vi.advanceTimersByTimeAsync(WINDOW_MS);
  record('b');
  const second = onResolve(pendingWrite());
  await written(0);
  expect(first).toHaveBeenCalledOnce();
  expect(second).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(WINDOW_MS);
  await written(1);
  expect(second).toHaveBeenCalledOnce();
});

test('a failed attempt resolves the promise, and the next call waits for the next attempt', async () => {
  const { record, pendingWrite, written, failed, asked } = recorderOfSlowDatabase();
  record('a');
  const first = onResolve(pendingWrite());
  await vi.advanceTimersByTimeAsync(WINDOW_MS);
  await failed(0);
  expect(first).toHaveBeenCalledOnce();

  record('b');
  const second = onResolve(pendingWrite());
  expect(pendingWrite()).toBeUndefined();
  await vi.advanceTimersByTimeAsync(RETRY_MS);
  await written(1);
  expect(second).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(WINDOW_MS);
  await written(2);
  expect(asked()).toEqual([['a'], ['a'], ['b']]);
  expect(second).toHaveBeenCalledOnce();
});

test('a promise requested during a failing attempt resolves too', async () => {
  const { record, pendingWrite, failed } = recorderOfSlowDatabase();
  record('a');
  await vi.advanceTimersByTimeAsync(WINDOW_MS);
  record('b');
  const during = onResolve(pendingWrite());
  await failed(0);
  expect(during).toHaveBeenCalledOnce();
  onResolve(pendingWrite());
});
