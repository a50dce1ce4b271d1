import type { InspectorState, KeptState } from './state.ts';

const STATE_KEY = 'inspector-state';
const RECENT_KEY = 'inspector-recent';
const MAX_RECENT = 5;

/**
 * Keeps the state in this tab. It contains no credential, but responses of servers, so only the same user gets it
 * back.
 *
 * @param owner - id of the signed-in user
 */
export function keepState(owner: string, { serverUrl, rows, findings, offer }: InspectorState): void {
  const state: KeptState = { serverUrl, rows, findings, offer };
  try {
    sessionStorage.setItem(STATE_KEY, JSON.stringify({ owner, state }));
  } catch {
    // Storage is full or blocked: the page then starts empty, as a new tab does.
  }
}

/** The state that {@link keepState} kept for this user. The state of another user is deleted. */
export function keptState(owner: string): KeptState | undefined {
  try {
    const stored: { owner: string; state: KeptState } | null = JSON.parse(
      sessionStorage.getItem(STATE_KEY) ?? 'null',
    );
    if (stored?.owner === owner) return stored.state;
    sessionStorage.removeItem(STATE_KEY);
  } catch {
    // Storage is blocked or unreadable: there is no kept state.
  }
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

/** Puts `url` first in the recent URLs and returns them. */
export function rememberUrl(url: string): string[] {
  const list = [url, ...recentUrls().filter((item) => item !== url)].slice(0, MAX_RECENT);
  try {
    localStorage.setItem(RECENT_KEY, JSON.stringify(list));
  } catch {
    // Storage is full or blocked: there are no recent URLs.
  }
  return list;
}
