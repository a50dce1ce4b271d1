'use client';

import { useRef, useState } from 'react';
import { buttonClass } from '#components/ui/button.tsx';
import { Ellipsis } from '#components/ui/icons.tsx';
import { Menu, MenuItem, MenuLink } from '#components/ui/menu.tsx';
import { type RevocableClient, RevokeClientDialog } from './revoke-dialog.tsx';

/** The menu of a row of the list. */
export function RowActions({ client, canRevoke }: { client: RevocableClient; canRevoke: boolean }) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      <Menu
        trigger={
          <button
            ref={button}
            type="button"
            className={`${buttonClass('quiet', 'small')} noscript:hidden`}
            aria-label={`Actions for ${client.name}`}
          >
            <Ellipsis size={16} aria-hidden />
          </button>
        }
      >
        <MenuLink href={`/clients/${client.id}`}>Open details</MenuLink>
        {canRevoke && (
          <MenuItem danger onClick={() => setOpen(true)}>
            Revoke access
          </MenuItem>
        )}
      </Menu>
      <RevokeClientDialog client={client} open={open} onOpenChange={setOpen} returnFocus={button} />
    </>
  );
}
