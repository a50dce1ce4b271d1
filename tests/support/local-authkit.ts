import type { Fault } from '#dev/authkit/http/faults.ts';
import type { Behaviour } from '#dev/authkit/options.ts';

/** Calls the WorkOS API of a running local AuthKit, or its own `/_local` endpoints, with the API key. */
export async function workosRequest(
  authkitUrl: string,
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> {
  const response = await fetch(`${authkitUrl}${path}`, {
    method,
    headers: { authorization: 'Bearer sk_test_local', 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
}

/** Changes the behaviour of a running local AuthKit. @throws {Error} for a behaviour that does not exist */
export async function changeBehaviour(authkitUrl: string, changes: Partial<Behaviour>): Promise<void> {
  const { status, body } = await workosRequest(authkitUrl, 'PATCH', '/_local/behaviour', changes);
  if (status !== 200) throw new Error(String(body.message));
}

/** Makes requests to local AuthKit fail; `resetFaults` ends it. */
export async function addFault(authkitUrl: string, fault: Fault): Promise<void> {
  await workosRequest(authkitUrl, 'POST', '/_local/faults', fault);
}

export async function resetFaults(authkitUrl: string): Promise<void> {
  await workosRequest(authkitUrl, 'DELETE', '/_local/faults');
}

/** `METHOD path` of each request since the last `resetFaults`. */
export async function requestsSoFar(authkitUrl: string): Promise<string[]> {
  return (await workosRequest(authkitUrl, 'GET', '/_local/requests')).body as unknown as string[];
}

/** Back to the behaviour that it started with. */
export async function resetBehaviour(authkitUrl: string): Promise<void> {
  await workosRequest(authkitUrl, 'DELETE', '/_local/behaviour');
}
