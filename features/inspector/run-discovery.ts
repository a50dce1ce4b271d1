import { route } from '#lib/config/route.ts';
import type { Refusal, RunEvent, RunRequest } from './messages.ts';

/**
 * Runs discovery on the server.
 *
 * @param onEvent - receives each event as it arrives
 * @returns why it was refused, or undefined when it ended
 */
export async function runDiscovery(
  request: RunRequest,
  onEvent: (event: RunEvent) => void,
): Promise<Refusal | undefined> {
  const response = await fetch(route('/inspector/api/run'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  if (!response.ok) return response.json();
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (let chunk = await reader?.read(); chunk && !chunk.done; chunk = await reader?.read()) {
    const lines = `${rest}${chunk.value}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onEvent(JSON.parse(line));
  }
  return undefined;
}
