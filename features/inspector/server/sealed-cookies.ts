import { createHash } from 'node:crypto';
import type { InspectorContext, RequestContext } from './context.ts';
import { type SealKind, seal, unseal } from './seal.ts';

/**
 * A sealed value kept by the browser, in as many cookies as its length needs. Of those whose names start with `group`,
 * only as many as fit into {@link MAX_CHUNKS} cookies are kept: with more, the `Cookie` header would become too large.
 */
export type SealedCookie = { kind: SealKind; name: string; lifetimeSeconds: number; group?: string };

const SESSION_PREFIX = 'inspector-session-';
const FLOW_PREFIX = 'inspector-flow-';

const idOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** The session at the server with this URL. It ends when it is not used for its lifetime. */
export function sessionCookie(serverUrl: string): SealedCookie {
  const name = `${SESSION_PREFIX}${idOf(serverUrl)}`;
  return { kind: 'session', name, lifetimeSeconds: 8 * 3600, group: SESSION_PREFIX };
}

/** The sessions that the browser sent, the oldest first. */
export const sessionCookies = (context: RequestContext): SealedCookie[] =>
  namesOf(context, SESSION_PREFIX).map((name) => ({ kind: 'session', name, lifetimeSeconds: 0 }));

/** The checked callback, until the page completes the sign-in. */
export const OUTCOME_COOKIE: SealedCookie = {
  kind: 'outcome',
  name: 'inspector-outcome',
  lifetimeSeconds: 120,
};

/** How long a user has to sign in and consent. */
export const FLOW_LIFETIME_SECONDS = 600;

/** The flow with this `state`. Each has a cookie of its own, because sign-ins can run in several tabs. */
export function flowCookie(state: string): SealedCookie {
  const name = `${FLOW_PREFIX}${idOf(state)}`;
  return { kind: 'flow', name, lifetimeSeconds: FLOW_LIFETIME_SECONDS, group: FLOW_PREFIX };
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
  const chunks = Math.ceil(sealed.length / CHUNK_LENGTH);
  if (chunks > MAX_CHUNKS) return false;
  makeRoom(context, cookie, chunks);
  for (const [index, name] of chunkNames(cookie.name).entries()) {
    const chunk = sealed.slice(index * CHUNK_LENGTH, (index + 1) * CHUNK_LENGTH);
    if (chunk === '') deleteChunk(context, name);
    else context.cookies.set(name, chunk, { ...attributes(context), maxAge: cookie.lifetimeSeconds });
  }
  return true;
}

/** Deletes the oldest cookies of the same group. Browsers send the oldest cookies first. */
function makeRoom(context: RequestContext, { group, name }: SealedCookie, chunks: number): void {
  if (group === undefined) return;
  const others = namesOf(context, group).filter((other) => other !== name);
  const sizeOf = (other: string) => chunkNames(other).filter((chunk) => context.cookies.has(chunk)).length;
  let used = chunks + others.reduce((sum, other) => sum + sizeOf(other), 0);
  for (const other of others) {
    if (used <= MAX_CHUNKS) return;
    used -= sizeOf(other);
    for (const chunk of chunkNames(other)) deleteChunk(context, chunk);
  }
}

/** Names of sent cookies that start with `prefix`, without the number of their chunk. */
function namesOf({ cookies }: RequestContext, prefix: string): string[] {
  const names = cookies.getAll().map(({ name }) => name.replace(/\.\d+$/, ''));
  return [...new Set(names)].filter((name) => name.startsWith(prefix));
}

/** Deletes a cookie that the browser sent. */
export function deleteSealedCookie(context: RequestContext, { name }: SealedCookie): void {
  for (const chunk of chunkNames(name)) deleteChunk(context, chunk);
}

function deleteChunk(context: RequestContext, name: string): void {
  if (context.cookies.has(name)) context.cookies.set(name, '', { ...attributes(context), maxAge: 0 });
}
