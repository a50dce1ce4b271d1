'use client';

import { type ReactElement, type ReactNode, type RefObject, useState, useTransition } from 'react';
import { AlertDialog } from '#components/ui/alert-dialog.tsx';
import { Button } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { countOf } from '#components/ui/format.ts';
import { REQUEST_FAILURES, type RequestFailure, requestFailure } from '#components/ui/request-failure.ts';
import { toast } from '#components/ui/toast.tsx';
import type { Selection } from '#lib/connections/app-queries.ts';
import type { ConnectionRow } from '#lib/connections/queries.ts';
import { type RevocationOutcome, revokeAccess, undoRevoke } from './actions.ts';
import { outcomeText } from './outcome-text.ts';

type DialogState = {
  /** Opens the dialog; without it `open` does. */
  trigger?: ReactElement;
  /** Receives the focus on close, when there is no trigger. */
  returnFocus?: RefObject<HTMLElement | null>;
  open: boolean;
  onOpenChange: (open: boolean) => void;
};

/** The connections of a dialog. `name` is how the page lists them; without `which` it is the connection with this id. */
export type RevocableClient = {
  id: string;
  name: string;
  kind: ConnectionRow['kind'];
  which?: Selection;
  connections?: number;
};

/** Asks before a revocation. Success is reported in a toast, which can undo it, a failure in the dialog, which stays open. */
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
      const done = typeof outcome === 'object';
      const message = messageOf(done ? 'revoked' : outcome, subject);
      if (message.tone === 'bad') return setFailure(message.text);
      toast({
        ...message,
        ...(done && { action: { label: 'Undo', run: () => undo(outcome.undo) } }),
      });
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

async function undo(revocation: string): Promise<void> {
  toast(messageOf(await undoRevoke(revocation).catch(requestFailure)));
}

function messageOf(outcome: string, subject?: string) {
  const message = outcomeText(outcome, subject);
  if (message !== undefined) return message;
  const failure = REQUEST_FAILURES[outcome as RequestFailure];
  const changed =
    outcome === 'outdated' ? 'Nothing changed.' : 'No response arrived, so access may or may not be revoked.';
  return { tone: 'bad' as const, text: `${changed} ${failure}` };
}

/** {@link RevokeDialog} for one client, or for several connections. */
export function RevokeClientDialog({ client, ...dialog }: DialogState & { client: RevocableClient }) {
  const { connections = 1 } = client;
  return (
    <RevokeDialog
      {...dialog}
      subject={client.name}
      label="Revoke access"
      action={() => revokeAccess(client.which ?? client.id)}
    >
      <RevocationEffects connections={connections} kind={client.kind} />
    </RevokeDialog>
  );
}

/** What revoking does. */
export function RevocationEffects({
  connections,
  kind,
}: {
  connections: number;
  kind: ConnectionRow['kind'];
}) {
  const one = connections === 1;
  return (
    <ul className="list-disc space-y-1 pl-5">
      <li>
        {one ? 'Its next call' : `The next call of all ${countOf(connections, 'connection')}`} to this server
        is refused; on other instances within one second.
      </li>
      {kind === 'client' ? (
        <li>
          {one ? 'Its' : 'Their'} grants at AuthKit are deleted after ten seconds, for every organization and
          every server that they were for. Until then you can undo this.
        </li>
      ) : (
        <li>
          Its tokens name no client, so its grant at AuthKit is deleted only if no other can be meant. If it
          is not, revoke the entry of the grant too.
        </li>
      )}
      <li>Past actions are not undone. Activity stays listed here.</li>
      <li>Tokens stay refused, refreshed ones too, until you approve the app again at AuthKit.</li>
    </ul>
  );
}
