'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { countOf } from '#components/ui/format.ts';
import type { RevocationOutcome } from './revocation-result.ts';
import { RevokeDialog } from './revoke-dialog.tsx';

/** Cuts off everything at once. */
export function RevokeAll({ count, revoke }: { count: number; revoke: () => Promise<RevocationOutcome> }) {
  const [asking, setAsking] = useState(false);
  return (
    <RevokeDialog
      trigger={<Button>Revoke all</Button>}
      open={asking}
      onOpenChange={setAsking}
      title="Revoke access of all clients?"
      name="Every client"
      label="Revoke all"
      action={revoke}
    >
      <ul className="list-disc space-y-1 pl-5">
        <li>
          All {countOf(count, 'client')} in your list, and any that is not, are refused from their very next
          call; on other instances within one second.
        </li>
        <li>Their grants at AuthKit are deleted, so their refresh tokens are dead too.</li>
        <li>What they did so far is not undone. You stay signed in to these pages.</li>
        <li>Each can come back only by asking you for consent again.</li>
      </ul>
    </RevokeDialog>
  );
}
