'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Link } from '#components/ui/link.tsx';
import { route } from '#lib/config/route.ts';
import { applySnapshot, type LiveSnapshot } from './live-store.ts';

const EVERY = 2000;

type Noticed = 'nothing' | 'changed' | 'offline' | 'signed_out';

/**
 * Asks every two seconds, while the page is visible, what the clients did. Times move in place; anything that
 * would move rows is announced and waits for a click, so that nothing jumps under the pointer.
 *
 * @param props.total - clients of the person when the page came; left out where their number does not matter
 * @param props.states - their states then, by id
 */
export function LiveUpdates({ total, states }: { total?: number; states: Readonly<Record<string, string>> }) {
  const [noticed, setNoticed] = useState<Noticed>('nothing');
  const router = useRouter();

  useEffect(() => {
    const stop = new AbortController();
    async function ask() {
      if (document.visibilityState !== 'visible') return;
      try {
        const response = await fetch(route('/clients/live'), { signal: stop.signal });
        if (response.status === 401) return setNoticed('signed_out');
        if (!response.ok) return setNoticed('offline');
        const snapshot: LiveSnapshot = await response.json();
        applySnapshot(snapshot);
        const changed =
          (total !== undefined && snapshot.total !== total) ||
          snapshot.connections.some(({ id, state }) => states[id] !== undefined && states[id] !== state);
        setNoticed(changed ? 'changed' : 'nothing');
      } catch {
        if (!stop.signal.aborted) setNoticed('offline');
      }
    }
    const timer = setInterval(ask, EVERY);
    return () => {
      stop.abort();
      clearInterval(timer);
    };
  }, [total, states]);

  return (
    <div role="status" className="flex items-center sm:min-h-8 gap-3 text-sm text-muted-foreground">
      {noticed === 'changed' && (
        <>
          Something has changed.
          <Button
            size="small"
            onClick={() => {
              setNoticed('nothing');
              router.refresh();
            }}
          >
            Show it
          </Button>
        </>
      )}
      {noticed === 'offline' && 'The server does not answer. What you see is from before; it tries again.'}
      {noticed === 'signed_out' && (
        <Link className="link" href="/login?returnTo=/clients">
          Your session ended. Sign in again
        </Link>
      )}
    </div>
  );
}
