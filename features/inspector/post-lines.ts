import type { Refusal } from './messages.ts';

/**
 * Sends a request to this site whose response is one JSON object per line.
 *
 * @param onEvent - gets each object as it arrives
 * @returns why it was refused, or undefined when it ended
 */
export async function postLines<Event>(
  path: string,
  body: object,
  onEvent: (event: Event) => void,
  signal?: AbortSignal,
): Promise<Refusal | undefined> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: signal ?? null,
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
