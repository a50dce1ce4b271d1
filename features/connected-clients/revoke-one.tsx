'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import type { RevocationOutcome } from './revocation-result.ts';
import { RevocationText } from './revocation-text.tsx';
import { RevokeDialog } from './revoke-dialog.tsx';

/** The button of a client's page that cuts it off. */
export function RevokeOne({
  id,
  name,
  kind,
  revoke,
}: {
  id: string;
  name: string;
  kind: 'client' | 'session';
  revoke: (id: string) => Promise<RevocationOutcome>;
}) {
  const [asking, setAsking] = useState(false);
  async function cutOff(): Promise<RevocationOutcome> {
    const outcome = await revoke(id);
    // What is pending then stands on the page itself.
    return outcome === 'pending' ? 'revoked' : outcome;
  }
  return (
    <RevokeDialog
      trigger={<Button variant="danger">Revoke access</Button>}
      open={asking}
      onOpenChange={setAsking}
      title={`Revoke access of ${name}?`}
      name={name}
      label="Revoke access"
      action={cutOff}
    >
      <RevocationText kind={kind} />
    </RevokeDialog>
  );
}
