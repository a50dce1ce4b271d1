'use client';

import { useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { countOf } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { revokeAllAccess } from './actions.ts';
import { revokeHref } from './confirmation/revoke-href.ts';
import { type RevocableClient, RevokeClientDialog, RevokeDialog } from './revoke-dialog.tsx';

/** Revokes the client of a page. */
export function RevokeClientButton({ client }: { client: RevocableClient }) {
  const [open, setOpen] = useState(false);
  return (
    <RevokeClientDialog
      client={client}
      trigger={<Button variant="danger">Revoke access</Button>}
      open={open}
      onOpenChange={setOpen}
    />
  );
}

/** Asks in a dialog; without JavaScript it is a link to the page that asks. */
export function RevokeLink({
  client,
  className,
  children = 'Revoke access',
}: {
  client: RevocableClient;
  className: string;
  children?: string;
}) {
  const [open, setOpen] = useState(false);
  const link = useRef<HTMLAnchorElement>(null);
  return (
    <>
      <Link
        ref={link}
        href={revokeHref(client)}
        className={className}
        onClick={(event) => {
          event.preventDefault();
          setOpen(true);
        }}
      >
        {children}
      </Link>
      <RevokeClientDialog client={client} open={open} onOpenChange={setOpen} returnFocus={link} />
    </>
  );
}

/** Revokes every client. */
export function RevokeAllButton({ count }: { count: number }) {
  const [open, setOpen] = useState(false);
  return (
    <RevokeDialog
      subject="all apps"
      label="Revoke all"
      action={revokeAllAccess}
      trigger={<Button>Revoke all</Button>}
      open={open}
      onOpenChange={setOpen}
    >
      <ul className="list-disc space-y-1 pl-5">
        <li>
          The next call of all {countOf(count, 'app')} in your list, and of any that is not listed, is
          refused; on other instances within one second.
        </li>
        <li>Their grants at AuthKit are deleted now. This cannot be undone.</li>
        <li>Past actions are not undone. You stay signed in to these pages.</li>
        <li>Each app needs your approval to connect again.</li>
      </ul>
    </RevokeDialog>
  );
}
