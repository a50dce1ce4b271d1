import type { Exchange, TraceEvent } from '#features/discovery/exchange.ts';
import type { Finding } from '#lib/checks/finding.ts';
import type { SessionSummary, SignInOffer } from './server/http/messages.ts';
import type { ServerView } from './server/server-view.ts';

/** An exchange; while it has no answer yet, `pending`. */
export type Row = Exchange & { pending?: boolean };

export type InspectorState = {
  serverUrl: string | undefined;
  rows: readonly Row[];
  /** By what found them, so that doing something again replaces what it said before. */
  findings: { run: readonly Finding[]; signIn: readonly Finding[]; use: readonly Finding[] };
  offer: SignInOffer | undefined;
  session: SessionSummary | undefined;
  view: ServerView | undefined;
  /** Scopes that the last call needs. */
  stepUp: readonly string[] | undefined;
  busy: 'run' | 'sign-in' | 'complete' | 'use' | undefined;
  /** What went wrong between page and server. */
  message: string | undefined;
};

export const EMPTY: InspectorState = {
  serverUrl: undefined,
  rows: [],
  findings: { run: [], signIn: [], use: [] },
  offer: undefined,
  session: undefined,
  view: undefined,
  stepUp: undefined,
  busy: undefined,
  message: undefined,
};

const MOST_ROWS = 150;

/** `rows` with the exchanges added, replaced where they are there already. */
export function withExchanges(rows: readonly Row[], exchanges: readonly Exchange[]): Row[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  for (const exchange of exchanges) byId.set(exchange.id, exchange);
  return [...byId.values()].slice(-MOST_ROWS);
}

/** `rows` after something happened in a trace. */
export function withEvent(rows: readonly Row[], event: TraceEvent): Row[] {
  if (event.type === 'exchange') return withExchanges(rows, [event.exchange]);
  const { id, step, title, from, to, method, url } = event;
  const request = { method, url, headers: [] };
  return [...rows, { id, step, title, from, to, request, durationMs: 0, pending: true }];
}

export const allFindings = ({ findings }: InspectorState): Finding[] => [
  ...findings.use,
  ...findings.signIn,
  ...findings.run,
];

type Kept = Pick<InspectorState, 'serverUrl' | 'rows' | 'findings' | 'offer'>;
const KEY = 'inspector';
const RECENT_KEY = 'inspector-recent';
const MOST_RECENT = 5;

/**
 * Keeps what is shown over the way to the authorization server and back. No credential is in it, but answers of
 * servers are: they are shown to the same person again, to nobody else who uses this tab later.
 */
export function keep(owner: string, { serverUrl, rows, findings, offer }: InspectorState): void {
  try {
    const state = { serverUrl, rows, findings, offer } satisfies Kept;
    sessionStorage.setItem(KEY, JSON.stringify({ owner, state }));
  } catch {
    // Full or refused: the page then starts empty, which is what a new tab does too.
  }
}

export function kept(owner: string): Kept | undefined {
  try {
    const stored = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as { owner: string; state: Kept } | null;
    if (stored?.owner === owner) return stored.state;
    sessionStorage.removeItem(KEY);
  } catch {
    // Unreadable is as good as nothing.
  }
  return undefined;
}

export function recentUrls(): string[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(RECENT_KEY) ?? '[]');
    return Array.isArray(list) ? list.filter((item) => typeof item === 'string').slice(0, MOST_RECENT) : [];
  } catch {
    return [];
  }
}

export function rememberUrl(url: string): string[] {
  const list = [url, ...recentUrls().filter((item) => item !== url)].slice(0, MOST_RECENT);
  try {
    localStorage.setItem(RECENT_KEY, JSON.stringify(list));
  } catch {
    // Without storage there are no recent URLs, and nothing else is missing.
  }
  return list;
}
