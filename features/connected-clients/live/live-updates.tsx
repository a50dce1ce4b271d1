'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { Button } from '#components/ui/button.tsx';
import { countOf } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { route } from '#lib/config/route.ts';

type Live = { id: string; app: string; lastUsed: string | null; calls: number; state: string };

/** The response of `/clients/live`. `lastUsed` is ISO 8601. */
export type LiveSnapshot = {
  total: number;
  connections: readonly Live[];
};

type Update =
  | { kind: 'none' | 'changed' | 'settled' | 'signed_out' }
  | { kind: 'failed'; why: string }
  | { kind: 'connected'; apps: number };

const POLL_MS = 2_000;
/** After the page was open for a minute. */
const SLOW_POLL_MS = 10_000;
const MINUTE_MS = 60_000;

let live: ReadonlyMap<string, Live> = new Map();
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Stores what was polled and notifies the rows if something changed. */
function applySnapshot({ connections }: LiveSnapshot): void {
  const changed = connections.filter(
    ({ id, lastUsed, calls }) => live.get(id)?.lastUsed !== lastUsed || live.get(id)?.calls !== calls,
  );
  if (changed.length === 0) return;
  live = new Map([...live, ...changed.map((each) => [each.id, each] as const)]);
  for (const listener of listeners) listener();
}

const lastUseOf = (idOrApp: string) =>
  [...live.values()].reduce(
    (latest, { id, app, lastUsed }) =>
      (id === idOrApp || app === idOrApp) && lastUsed !== null && lastUsed > latest ? lastUsed : latest,
    '',
  );

/** What was last polled of a client. */
export function useLive(id: string): Live | undefined {
  return useSyncExternalStore(
    subscribe,
    () => live.get(id),
    () => undefined,
  );
}

/** When a connection or an app, by its key, was last used, updated in place while {@link LiveUpdates} polls. */
export function LastUsed({ of, at, renderedAt }: { of: string; at: string | undefined; renderedAt: number }) {
  const polled = useSyncExternalStore(
    subscribe,
    () => lastUseOf(of),
    () => '',
  );
  const latest = polled !== '' && (at === undefined || polled > at) ? polled : at;
  return latest === undefined ? <>Never</> : <RelativeTime at={latest} renderedAt={renderedAt} />;
}

/**
 * Polls while the page is visible. Times are updated in place. A change that would move rows is announced and shown on a
 * click, so that nothing moves under the pointer.
 *
 * @param props.total - clients of the person when the page was rendered; omitted where their number does not matter
 * @param props.states - their states then, by id
 */
export function LiveUpdates({ total, states }: { total?: number; states: Readonly<Record<string, string>> }) {
  const [update, setUpdate] = useState<Update>({ kind: 'none' });
  const router = useRouter();

  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const began = Date.now();
    async function poll() {
      // What the person does in a dialog is no news to them.
      if (document.visibilityState === 'visible' && !document.querySelector('[role=alertdialog]'))
        await check();
      // Only now, so that a slow server never has several polls of a page to answer.
      if (!stop.signal.aborted)
        timer = setTimeout(poll, Date.now() - began < MINUTE_MS ? POLL_MS : SLOW_POLL_MS);
    }
    async function check() {
      try {
        const response = await fetch(route('/clients/live'), { signal: stop.signal });
        if (response.status === 401) return setUpdate({ kind: 'signed_out' });
        if (!response.ok)
          return setUpdate({ kind: 'failed', why: `The server returned ${response.status}.` });
        const snapshot: LiveSnapshot = await response.json();
        applySnapshot(snapshot);
        const news = difference(snapshot, total, states);
        setUpdate(news);
        if (news.kind === 'settled') router.refresh();
      } catch {
        const why = navigator.onLine ? 'The server could not be reached.' : 'Your device is offline.';
        if (!stop.signal.aborted) setUpdate({ kind: 'failed', why });
      }
    }
    timer = setTimeout(poll, POLL_MS);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [total, states, router]);

  return (
    <div
      role="status"
      className="flex items-center gap-3 text-sm text-muted-foreground not-empty:mr-4 sm:min-h-8"
    >
      {(update.kind === 'connected' || update.kind === 'changed') && (
        <>
          {update.kind === 'connected'
            ? `${countOf(update.apps, 'new app')} connected.`
            : 'Updates are available.'}
          <Button
            size="small"
            onClick={() => {
              setUpdate({ kind: 'none' });
              router.refresh();
            }}
          >
            Refresh
          </Button>
        </>
      )}
      {update.kind === 'failed' && `${update.why} This page may be outdated; retrying.`}
      {update.kind === 'signed_out' && (
        <Link className="link" href="/login?returnTo=/clients">
          Your session ended. Sign in again
        </Link>
      )}
    </div>
  );
}

const watched = new Map<string, string>();

/** Makes {@link LiveUpdates} watch further states, by id. */
export function WatchStates({ states }: { states: Readonly<Record<string, string>> }) {
  useEffect(() => {
    for (const [id, state] of Object.entries(states)) watched.set(id, state);
    return () => {
      for (const id of Object.keys(states)) watched.delete(id);
    };
  }, [states]);
  return null;
}

function difference(
  snapshot: LiveSnapshot,
  total: number | undefined,
  states: Readonly<Record<string, string>>,
): Update {
  if (total !== undefined && snapshot.total > total)
    return { kind: 'connected', apps: snapshot.total - total };
  const stateOf = (id: string) => states[id] ?? watched.get(id);
  const different = snapshot.connections.filter(({ id, state }) => (stateOf(id) ?? state) !== state);
  if (different.some(({ id }) => stateOf(id) !== 'pending')) return { kind: 'changed' };
  // The end of a revocation, or its undoing, is shown but is no news.
  const settled = different.length > 0 || (total !== undefined && snapshot.total < total);
  return { kind: settled ? 'settled' : 'none' };
}
