import { errorFields, log } from '#lib/observability/log.ts';
import type { Schedule } from '#lib/server/schedule.ts';

/** A task to run after the response. */
export type Task = Parameters<Schedule>[0];

/**
 * Runs the tasks of a request: frees its place in the concurrency limit and records its call. After a complete response they run immediately,
 * because each task that Next runs after a response costs more than verifying a token; Next only receives what is still
 * unfinished, to keep the process alive for it. After a stream they run when the stream has ended.
 *
 * @param after - Next's `after`
 */
export function runAfterResponse(tasks: readonly Task[], response: Response, after: Schedule): void {
  if (response.headers.get('content-type') === 'text/event-stream') {
    after(() => settled(tasks.map(run)));
    return;
  }
  const unfinished = tasks.map(run).filter((running) => running !== undefined);
  if (unfinished.length > 0) after(() => settled(unfinished));
}

/** Runs a task. The client has its response, so a failure is only logged. */
function run(task: Task): void | Promise<void> {
  try {
    return task()?.catch(logFailure);
  } catch (error) {
    logFailure(error);
  }
}

function logFailure(error: unknown): void {
  log('error', 'mcp.task_failed', errorFields(error));
}

async function settled(running: readonly (void | Promise<void>)[]): Promise<void> {
  await Promise.all(running);
}
