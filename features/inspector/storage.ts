import { keptCalls } from './calls.ts';
import type { InspectorState, KeptState } from './state.ts';

const PREFIX = 'inspector-';
const OWNER_KEY = `${PREFIX}owner`;
const TABS_KEY = `${PREFIX}tabs`;
const RECENT_KEY = `${PREFIX}recent`;
const MAX_RECENT = 5;
const MAX_VIEW_CHARACTERS = 400_000;

const stateKey = (tab: string) => `${PREFIX}state-${tab}`;

/** The servers that are open side by side. */
export type OpenServers = { tabs: readonly { id: string; url: string | undefined }[]; active: string };

function read<T>(key: string): T | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? 'null') ?? undefined;
  } catch {
    // Storage is blocked or unreadable: there is nothing kept.
    return undefined;
  }
}

function write(key: string, value: object | string): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Storage is full or blocked: the page then starts empty, as a new tab does.
  }
}

/**
 * Keeps the state of a server in this tab of the browser. It contains no credential, but responses of servers, so only
 * the same user gets it back.
 */
export function keepState(tab: string, state: InspectorState): void {
  const { serverUrl, discovery, rows, findings, offer, selected, retry, view } = state;
  const kept: KeptState = {
    serverUrl,
    discovery,
    rows,
    findings,
    offer,
    selected,
    retry,
    calls: keptCalls(state.calls),
    view: view && JSON.stringify(view).length <= MAX_VIEW_CHARACTERS ? view : undefined,
  };
  write(stateKey(tab), kept);
}

/** The state that {@link keepState} kept. */
export const keptState = (tab: string): KeptState | undefined => read<KeptState>(stateKey(tab));

export function forgetState(tab: string): void {
  try {
    sessionStorage.removeItem(stateKey(tab));
  } catch {
    // Storage is blocked: nothing was kept.
  }
}

export const keepServers = (open: OpenServers): void => write(TABS_KEY, open);

/**
 * The servers that were open for this user. Everything that another user left in this tab is deleted.
 *
 * @param owner - id of the signed-in user
 */
export function keptServers(owner: string): OpenServers | undefined {
  if (read<string>(OWNER_KEY) === owner) return read<OpenServers>(TABS_KEY);
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
  } catch {
    // Storage is blocked: nothing was kept.
  }
  write(OWNER_KEY, owner);
  return undefined;
}

export function recentUrls(): string[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(RECENT_KEY) ?? '[]');
    return Array.isArray(list) ? list.filter((item) => typeof item === 'string').slice(0, MAX_RECENT) : [];
  } catch {
    return [];
  }
}

/** Puts `url` first in the recent URLs. */
export const rememberUrl = (url: string) =>
  storeRecent([url, ...recentUrls().filter((item) => item !== url)].slice(0, MAX_RECENT));

/** Removes `url` from the recent URLs and returns the others. */
export const forgetUrl = (url: string) => storeRecent(recentUrls().filter((item) => item !== url));

function storeRecent(list: string[]): string[] {
  try {
    localStorage.setItem(RECENT_KEY, JSON.stringify(list));
  } catch {
    // Storage is full or blocked: there are no recent URLs.
  }
  return list;
}
