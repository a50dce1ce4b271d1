import { errorFields, log } from '#lib/observability/log.ts';
import type { After } from '#lib/server/after.ts';

type Task = Parameters<After>[0];

/**
 * Does what is to be done when a call is over: gives its place back, records it. For a complete answer that is now:
 * each task that Next runs after a response costs more than verifying a token, so Next is only given what takes longer,
 * to keep the process up for it. For a stream it is when the stream has ended.
 *
 * @param serve - serves a request; what it is given collects the tasks
 */
export async function withTasksAfter(
  after: After,
  serve: (afterwards: After) => Promise<Response>,
): Promise<Response> {
  const tasks: Task[] = [];
  const response = await serve((task) => void tasks.push(task));
  if (response.headers.get('content-type') === 'text/event-stream') after(() => together(tasks.map(run)));
  else {
    const unfinished = tasks.map(run).filter((running) => running !== undefined);
    if (unfinished.length > 0) after(() => together(unfinished));
  }
  return response;
}

/** The call has been answered: what goes wrong from here on is the operator's concern alone. */
function run(task: Task): void | Promise<void> {
  try {
    return task()?.catch(failed);
  } catch (error) {
    failed(error);
  }
}

function failed(error: unknown): void {
  log('error', 'mcp.task_failed', errorFields(error));
}

async function together(tasks: readonly (void | Promise<void>)[]): Promise<void> {
  await Promise.all(tasks);
}
