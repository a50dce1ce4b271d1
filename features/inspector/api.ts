import type { CompleteAnswer, RunEvent, SignInAnswer, UseAnswer } from './server/http/messages.ts';

const API = '/inspector/api';

/** The server said no; `message` is its own sentence. */
export class ApiError extends Error {}

async function send(path: string, body: object, signal?: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`${API}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      ...(signal && { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError('This page cannot reach its own server. What is shown was kept; try again.');
  }
  if (response.ok) return response;
  const said = (await response.json().catch(() => ({}))) as { error?: string };
  throw new ApiError(said.error ?? `The request failed with status ${response.status}.`);
}

/** Runs discovery; `onEvent` is called for each line as it arrives. */
export async function run(
  url: string,
  onEvent: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const response = await send('run', { url }, signal);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (let chunk = await reader?.read(); chunk && !chunk.done; chunk = await reader?.read()) {
    const lines = `${rest}${chunk.value}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onEvent(JSON.parse(line) as RunEvent);
  }
}

const json = async <T>(path: string, body: object) => (await (await send(path, body)).json()) as T;

export const signIn = (body: object) => json<SignInAnswer>('sign-in', body);
export const complete = () => json<CompleteAnswer>('complete', {});
export const use = (body: object) => json<UseAnswer>('use', body);
export const signOut = () => json<object>('sign-out', {});
