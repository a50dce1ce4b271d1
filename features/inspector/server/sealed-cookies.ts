import { createHash } from 'node:crypto';
import type { InspectorContext, RequestContext } from './context.ts';
import { type SealKind, seal, unseal } from './seal.ts';

/** A sealed value kept by the browser, in as many cookies as its length needs. */
export type SealedCookie = { kind: SealKind; name: string; lifetimeSeconds: number };

/** The session at a server. It ends when it is not used for this time. */
export const SESSION_COOKIE: SealedCookie = {
  kind: 'session',
  name: 'inspector-session',
  lifetimeSeconds: 8 * 3600,
};
/** The checked callback, until the page completes the sign-in. */
export const OUTCOME_COOKIE: SealedCookie = {
  kind: 'outcome',
  name: 'inspector-outcome',
  lifetimeSeconds: 120,
};

/** How long a user has to sign in and consent. */
export const FLOW_LIFETIME_SECONDS = 600;

const FLOW_PREFIX = 'inspector-flow-';
/** Sign-ins that a browser can have in progress. With more, the `Cookie` header would become too large. */
const MAX_FLOWS = 3;

/** The flow with this `state`. Each has a cookie of its own, because sign-ins can run in several tabs. */
export function flowCookie(state: string): SealedCookie {
  const id = createHash('sha256').update(state).digest('hex').slice(0, 16);
  return { kind: 'flow', name: `${FLOW_PREFIX}${id}`, lifetimeSeconds: FLOW_LIFETIME_SECONDS };
}

/** Browsers send the cookies to the inspector only, so that `/mcp` and the other pages never receive them. */
const PATH = '/inspector';
const CHUNK_LENGTH = 3_600;
/** More would exceed the header size that servers accept. */
const MAX_CHUNKS = 3;

const chunkNames = (name: string) => Array.from({ length: MAX_CHUNKS }, (_, index) => `${name}.${index}`);

function attributes({ config }: RequestContext) {
  const secure = config.appUrl.startsWith('https:');
  return { path: PATH, httpOnly: true, sameSite: 'lax', secure } as const;
}

/** Whether the browser sent this cookie, valid or not. */
export const hasSealedCookie = ({ cookies }: RequestContext, { name }: SealedCookie) =>
  cookies.has(`${name}.0`);

/** The value of a cookie; undefined when it is absent or not valid for this user. */
export async function readSealedCookie<T extends object>(
  context: InspectorContext,
  { name, kind }: SealedCookie,
): Promise<T | undefined> {
  const sealed = chunkNames(name)
    .map((chunk) => context.cookies.get(chunk)?.value ?? '')
    .join('');
  return sealed === '' ? undefined : unseal<T>(context, sealed, kind);
}

/**
 * Sets a cookie for its lifetime.
 *
 * @returns false, with nothing set, when the value is too large
 */
export async function writeSealedCookie(
  context: InspectorContext,
  cookie: SealedCookie,
  value: object,
): Promise<boolean> {
  const sealed = await seal(context, value, cookie);
  if (sealed.length > MAX_CHUNKS * CHUNK_LENGTH) return false;
  for (const [index, name] of chunkNames(cookie.name).entries()) {
    const chunk = sealed.slice(index * CHUNK_LENGTH, (index + 1) * CHUNK_LENGTH);
    if (chunk === '') deleteChunk(context, name);
    else context.cookies.set(name, chunk, { ...attributes(context), maxAge: cookie.lifetimeSeconds });
  }
  return true;
}

/** Deletes the oldest sign-ins in progress, so that one more can begin. Browsers send the oldest cookies first. */
export function makeRoomForFlow(context: RequestContext): void {
  const sent = context.cookies.getAll().map(({ name }) => name.replace(/\.\d+$/, ''));
  const flows = [...new Set(sent)].filter((name) => name.startsWith(FLOW_PREFIX));
  for (const name of flows.slice(0, Math.max(0, flows.length + 1 - MAX_FLOWS)))
    for (const chunk of chunkNames(name)) deleteChunk(context, chunk);
}

/** Deletes a cookie that the browser sent. */
export function deleteSealedCookie(context: RequestContext, { name }: SealedCookie): void {
  for (const chunk of chunkNames(name)) deleteChunk(context, chunk);
}

function deleteChunk(context: RequestContext, name: string): void {
  if (context.cookies.has(name)) context.cookies.set(name, '', { ...attributes(context), maxAge: 0 });
}
