import { beforeEach, expect, test, vi } from 'vitest';
import { withTasksAfter } from '#lib/mcp/after-response.ts';
import type { After } from '#lib/server/after.ts';

let logged: string[];

beforeEach(() => {
  vi.stubEnv('AUTHKIT_DOMAIN', 'https://example.authkit.app');
  vi.stubEnv('WORKOS_API_KEY', 'sk_test_x');
  vi.stubEnv('WORKOS_CLIENT_ID', 'client_test');
  vi.stubEnv('WORKOS_COOKIE_PASSWORD', 'only-for-tests-0123456789-abcdefgh');
  logged = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((line) => logged.push(String(line)) > 0);
});

/** Stands in for Next: keeps what is to run after the response until the test runs it. */
function responseEnds() {
  const kept: Parameters<After>[0][] = [];
  const after: After = (task) => void kept.push(task);
  const end = () => Promise.all(kept.map((task) => task()));
  return { after, kept, end };
}

const complete = () => Response.json({ ok: true });
const stream = () => new Response('data: {}\n\n', { headers: { 'content-type': 'text/event-stream' } });

/** Serves `answer`, and has `tasks` done afterwards. */
const serving =
  (answer: Response, ...tasks: Parameters<After>[0][]) =>
  async (afterwards: After) => {
    for (const task of tasks) afterwards(task);
    return answer;
  };

const breaks = () => {
  throw new Error('cannot be told');
};
const breaksLater = async () => breaks();

test('what is to be done after a complete answer is done when it is returned, without a task of Next', async () => {
  const { after, kept } = responseEnds();
  const tasks = [vi.fn(), vi.fn()];
  const answer = complete();
  expect(await withTasksAfter(after, serving(answer, ...tasks))).toBe(answer);
  for (const task of tasks) expect(task).toHaveBeenCalledOnce();
  expect(kept).toHaveLength(0);
});

test('it is not done before the answer is there', async () => {
  const answer = Promise.withResolvers<Response>();
  const task = vi.fn();
  const returned = withTasksAfter(responseEnds().after, (afterwards) => {
    afterwards(task);
    return answer.promise;
  });
  expect(task).not.toHaveBeenCalled();
  answer.resolve(complete());
  await returned;
  expect(task).toHaveBeenCalledOnce();
});

test('Next keeps the process up for what takes longer than a complete answer', async () => {
  const { after, kept, end } = responseEnds();
  const [one, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const tasks = [vi.fn(() => one.promise), vi.fn(), vi.fn(() => other.promise)];
  await withTasksAfter(after, serving(complete(), ...tasks));
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

test('a stream is not over when it is returned: what is to be done afterwards waits for its end', async () => {
  const { after, end } = responseEnds();
  const longer = Promise.withResolvers<void>();
  const tasks = [vi.fn(), vi.fn(() => longer.promise)];
  const answer = stream();
  expect(await withTasksAfter(after, serving(answer, ...tasks))).toBe(answer);
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
  ['a complete answer', complete, breaks],
  ['a complete answer, breaking later', complete, breaksLater],
  ['a stream', stream, breaks],
  ['a stream, breaking later', stream, breaksLater],
])(
  'a task that breaks costs its client nothing (%s): it is told to the operator, and the others are done',
  async (_what, answerOf, broken) => {
    const { after, end } = responseEnds();
    const tasks = [vi.fn(), broken, vi.fn()];
    const answer = answerOf();
    expect(await withTasksAfter(after, serving(answer, ...tasks))).toBe(answer);
    await end();
    for (const task of [tasks[0], tasks[2]]) expect(task).toHaveBeenCalledOnce();
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatch(/mcp\.task_failed.*Error: cannot be told/);
  },
);
