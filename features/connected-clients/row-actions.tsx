'use client';

import { useRef, useState } from 'react';
import { buttonClass } from '#components/ui/button.tsx';
import { Ellipsis } from '#components/ui/icons.tsx';
import { Menu, MenuItem, MenuLink } from '#components/ui/menu.tsx';
import type { RevocationOutcome } from './revocation-result.ts';
import { RevocationText } from './revocation-text.tsx';
import { RevokeDialog } from './revoke-dialog.tsx';

/** What can be done with one client of the list. */
export function RowActions({
  id,
  name,
  state,
  kind,
  revoke,
}: {
  id: string;
  name: string;
  state: string;
  kind: 'client' | 'session';
  revoke: (id: string) => Promise<RevocationOutcome>;
}) {
  const [asking, setAsking] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <div className="relative z-[1] inline-block">
      <Menu
        trigger={
          <button
            ref={button}
            type="button"
            className={buttonClass('quiet', 'small')}
            aria-label={`Actions for ${name}`}
          >
            <Ellipsis size={16} aria-hidden />
          </button>
        }
      >
        <MenuLink href={`/clients/${id}`}>Open details</MenuLink>
        {state === 'active' && (
          <MenuItem danger onClick={() => setAsking(true)}>
            Revoke access
          </MenuItem>
        )}
      </Menu>
      <RevokeDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Revoke access of ${name}?`}
        name={name}
        label="Revoke access"
        action={() => revoke(id)}
        returnFocus={button}
      >
        <RevocationText kind={kind} />
      </RevokeDialog>
    </div>
  );
}
