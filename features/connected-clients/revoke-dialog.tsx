'use client';

import { type ReactElement, type ReactNode, type RefObject, useState, useTransition } from 'react';
import { AlertDialog } from '#components/ui/alert-dialog.tsx';
import { Button } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { notify } from './notice.tsx';
import { type RevocationOutcome, resultSentence, succeeded } from './revocation-result.ts';

/** Asks, does it, and says what came of it: in the page when it worked, in the dialog when it did not. */
export function RevokeDialog({
  trigger,
  open,
  onOpenChange,
  title,
  name,
  action,
  label,
  returnFocus,
  children,
}: {
  trigger?: ReactElement;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  name: string;
  action: () => Promise<RevocationOutcome>;
  label: string;
  /** Where focus goes afterwards, when no trigger is there to take it. */
  returnFocus?: RefObject<HTMLElement | null>;
  children: ReactNode;
}) {
  const [failure, setFailure] = useState<string>();
  const [pending, startTransition] = useTransition();

  function revoke() {
    setFailure(undefined);
    startTransition(async () => {
      const outcome = await action().catch(() => 'unavailable' as const);
      const text = resultSentence(outcome, name);
      if (!succeeded(outcome)) return setFailure(text);
      notify({ tone: outcome === 'pending' ? 'warn' : 'ok', text });
      onOpenChange(false);
    });
  }

  return (
    <AlertDialog
      trigger={trigger}
      open={open}
      onOpenChange={onOpenChange}
      title={title}
      returnFocus={returnFocus}
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
