import { beforeEach, expect, test, vi } from 'vitest';
import { runAfterResponse, type Task } from '#lib/mcp/after-response.ts';
import type { Schedule } from '#lib/server/schedule.ts';
import { stubConfiguration } from '#tests/support/stub-configuration.ts';

let logged: string[];

beforeEach(() => {
  stubConfiguration();
  logged = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((line) => logged.push(String(line)) > 0);
});

/** Next's `after`: keeps the tasks until the test runs them. */
function responseEnds() {
  const kept: Task[] = [];
  const after: Schedule = (task) => void kept.push(task);
  const end = () => Promise.all(kept.map((task) => task()));
  return { after, kept, end };
}

const complete = () => Response.json({ ok: true });
const stream = () => new Response('data: {}\n\n', { headers: { 'content-type': 'text/event-stream' } });

const breaks = () => {
  throw new Error('broken task');
};
const breaksLater = async () => breaks();

test('tasks after a complete response run immediately, without a task of Next', () => {
  const { after, kept } = responseEnds();
  const tasks = [vi.fn(), vi.fn()];
  runAfterResponse(tasks, complete(), after);
  for (const task of tasks) expect(task).toHaveBeenCalledOnce();
  expect(kept).toHaveLength(0);
});

test('Next keeps the process alive for tasks that take longer than a complete response', async () => {
  const { after, kept, end } = responseEnds();
  const [one, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const tasks = [vi.fn(() => one.promise), vi.fn(), vi.fn(() => other.promise)];
  runAfterResponse(tasks, complete(), after);
  for (const task of tasks) expect(task).toHaveBeenCalledOnce();
  expect(kept).not.toHaveLength(0);

  const ended = vi.fn();
  const ending = end().then(ended);
  one.resolve();
  await new Promise(setImmediate);
  expect(ended).not.toHaveBeenCalled();
  other.resolve();
  await ending;
  for (const task of tasks) expect(task).toHaveBeenCalledOnce();
});

test('tasks after a stream run when the stream has ended', async () => {
  const { after, end } = responseEnds();
  const longer = Promise.withResolvers<void>();
  const tasks = [vi.fn(), vi.fn(() => longer.promise)];
  runAfterResponse(tasks, stream(), after);
  for (const task of tasks) expect(task).not.toHaveBeenCalled();

  const ended = vi.fn();
  const ending = end().then(ended);
  for (const task of tasks) expect(task).toHaveBeenCalledOnce();
  await new Promise(setImmediate);
  expect(ended).not.toHaveBeenCalled();
  longer.resolve();
  await ending;
});

test.each([
  ['a complete response', complete, breaks],
  ['a complete response, breaking later', complete, breaksLater],
  ['a stream', stream, breaks],
  ['a stream, breaking later', stream, breaksLater],
])('a task that breaks is logged, and the other tasks run (%s)', async (_what, responseOf, broken) => {
  const { after, end } = responseEnds();
  const tasks = [vi.fn(), broken, vi.fn()];
  runAfterResponse(tasks, responseOf(), after);
  await end();
  for (const task of [tasks[0], tasks[2]]) expect(task).toHaveBeenCalledOnce();
  expect(logged).toHaveLength(1);
  expect(logged[0]).toMatch(/mcp\.task_failed.*Error: broken task/);
});
