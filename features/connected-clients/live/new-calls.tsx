'use client';

import { useRouter } from 'next/navigation';
import { Button } from '#components/ui/button.tsx';
import { countOf } from '#components/ui/format.ts';
import { useLive } from './live-updates.tsx';

/**
 * Says how many requests a client made since the page was rendered, while {@link LiveUpdates} polls. A click shows them.
 *
 * @param props.calls - all calls of the client when the page was rendered
 */
export function NewCalls({ id, calls }: { id: string; calls: number }) {
  const router = useRouter();
  const added = (useLive(id)?.calls ?? 0) - calls;
  return (
    <div role="status" className="print:hidden">
      {added > 0 && (
        <Button size="small" onClick={() => router.refresh()}>
          Show {countOf(added, 'new request')}
        </Button>
      )}
    </div>
  );
}
