'use client';

import { useState } from 'react';
import { Button } from '#components/button.tsx';
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
  return (
    <RevokeDialog
      trigger={<Button variant="danger">Revoke access</Button>}
      open={asking}
      onOpenChange={setAsking}
      title={`Revoke access of ${name}?`}
      name={name}
      label="Revoke access"
      action={() => revoke(id)}
    >
      <RevocationText kind={kind} />
    </RevokeDialog>
  );
}
