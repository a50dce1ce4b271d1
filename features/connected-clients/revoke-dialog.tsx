'use client';

import { type ReactElement, type ReactNode, type RefObject, useState, useTransition } from 'react';
import { AlertDialog } from '#components/ui/alert-dialog.tsx';
import { Button } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { REQUEST_FAILURES, type RequestFailure, requestFailure } from '#components/ui/request-failure.ts';
import type { ConnectionRow } from '#lib/connections/queries.ts';
import { type RevocationOutcome, revokeAccess } from './actions.ts';
import { showNotice } from './notice.tsx';

type DialogState = {
  /** Opens the dialog; without it `open` does. */
  trigger?: ReactElement;
  /** Receives the focus on close, when there is no trigger. */
  returnFocus?: RefObject<HTMLElement | null>;
  open: boolean;
  onOpenChange: (open: boolean) => void;
};

/** The client of a dialog. `name` is how the page lists it. */
export type RevocableClient = { id: string; name: string; kind: ConnectionRow['kind'] };

/** Asks before a revocation. Success is reported on the page, a failure in the dialog, which stays open. */
export function RevokeDialog({
  subject,
  label,
  action,
  children,
  onOpenChange,
  ...dialog
}: DialogState & {
  /** Whose access is revoked, within a sentence. */
  subject: string;
  label: string;
  action: () => Promise<RevocationOutcome>;
  children: ReactNode;
}) {
  const [failure, setFailure] = useState<string>();
  const [pending, startTransition] = useTransition();

  function revoke() {
    setFailure(undefined);
    startTransition(async () => {
      const outcome = await action().catch(requestFailure);
      const text = outcomeText(outcome, subject);
      if (outcome !== 'revoked' && outcome !== 'pending' && outcome !== 'unconfirmed')
        return setFailure(text);
      showNotice({ tone: outcome === 'revoked' ? 'ok' : 'warn', text });
      onOpenChange(false);
    });
  }

  return (
    <AlertDialog
      {...dialog}
      onOpenChange={onOpenChange}
      title={`Revoke access for ${subject}?`}
      action={
        <Button variant="danger" onClick={revoke} disabled={pending}>
          {pending ? 'Revoking' : label}
        </Button>
      }
    >
      {children}
      {failure && (
        <div className="mt-4">
          <Callout tone="bad" live>
            {failure}
          </Callout>
        </div>
      )}
    </AlertDialog>
  );
}

function outcomeText(outcome: RevocationOutcome | RequestFailure, subject: string): string {
  switch (outcome) {
    case 'revoked':
      return `Access revoked for ${subject}.`;
    case 'pending':
      return `Access revoked for ${subject}. AuthKit could not be reached; we keep retrying, and calls stay blocked.`;
    case 'unconfirmed':
      return `Calls of ${subject} are refused. AuthKit lists no grant that is certainly its own, so none was deleted; revoke its entry too if the list shows one.`;
    case 'unknown':
      return `Nothing changed: ${subject} is no longer in your list.`;
    case 'signed_out':
      return 'Access not revoked: your session ended. Sign in and try again.';
    case 'cross_site':
      return 'Access not revoked: the request did not come from this site.';
    case 'session_unavailable':
      return 'Access not revoked: your session cannot be checked now. Try again.';
    case 'database_unavailable':
      return 'The database does not respond, so access may or may not be revoked. Try again.';
    case 'failed':
      return 'The server failed, so access may or may not be revoked. Try again. The server log has the reason.';
    case 'outdated':
      return `Access not revoked. ${REQUEST_FAILURES[outcome]}`;
    default:
      return `No response arrived, so access may or may not be revoked. ${REQUEST_FAILURES[outcome]}`;
  }
}

/** {@link RevokeDialog} for one client. */
export function RevokeClientDialog({ client, ...dialog }: DialogState & { client: RevocableClient }) {
  return (
    <RevokeDialog
      {...dialog}
      subject={client.name}
      label="Revoke access"
      action={() => revokeAccess(client.id)}
    >
      <ul className="list-disc space-y-1 pl-5">
        <li>Its next call to this server is refused; on other instances within one second.</li>
        {client.kind === 'client' ? (
          <li>
            Its grants at AuthKit are deleted, for every organization and every server that they were for.
          </li>
        ) : (
          <li>
            Its tokens name no client, so its grant at AuthKit is deleted only if no other can be meant. If it
            is not, revoke the entry of the grant too.
          </li>
        )}
        <li>Past actions are not undone. Its activity stays listed here.</li>
        <li>Its tokens stay refused, refreshed ones too, until you approve it again at AuthKit.</li>
      </ul>
    </RevokeDialog>
  );
}
