import { route } from '#lib/config/route.ts';
import type { Refusal, RunEvent, RunRequest } from './messages.ts';
import { postLines } from './post-lines.ts';

/**
 * Runs discovery on the server.
 *
 * @param onEvent - receives each event as it arrives
 * @param signal - cancels the run
 * @returns why it was refused, or undefined when it ended
 */
export const runDiscovery = (
  request: RunRequest,
  onEvent: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<Refusal | undefined> => postLines(route('/inspector/api/run'), request, onEvent, signal);
