'use client';

import { useActionState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { REQUEST_FAILURES, type RequestFailure, requestFailure } from '#components/ui/request-failure.ts';
import { type LabelOutcome, saveLabel } from './actions.ts';

const OUTCOMES: Readonly<Record<LabelOutcome | RequestFailure, string>> = {
  ...REQUEST_FAILURES,
  saved: 'Saved.',
  unknown: 'Not saved: this client is no longer in your list.',
  failed: 'Not saved: the server failed. Try again.',
  cross_site: 'Not saved: the request did not come from this site.',
  signed_out: 'Not saved: your session ended. Sign in and try again.',
  session_unavailable: 'Not saved: your session cannot be checked now. Try again.',
};

/** The form for the person's own name of a connection. Works without JavaScript. */
export function LabelForm({ id, label, maxLength }: { id: string; label: string; maxLength: number }) {
  const [outcome, save, pending] = useActionState<LabelOutcome | RequestFailure | undefined, FormData>(
    // Without JavaScript the action itself has to be in the form.
    typeof window === 'undefined'
      ? saveLabel
      : (previous, form) => saveLabel(previous, form).catch(requestFailure),
    undefined,
  );
  return (
    <form action={save} className="mt-2 flex max-w-md flex-wrap items-center gap-2 text-sm print:hidden">
      <input type="hidden" name="connection" value={id} />
      <input
        key={label}
        name="label"
        defaultValue={label}
        maxLength={maxLength}
        autoComplete="off"
        aria-label="Your name for this client"
        placeholder="For example: work laptop"
        className="min-h-8 min-w-0 flex-1 rounded-lg border border-input bg-card px-3 placeholder:text-muted-foreground"
      />
      <Button type="submit" size="small" disabled={pending}>
        {pending ? 'Saving' : 'Save'}
      </Button>
      <p role="status" className="w-full text-muted-foreground empty:hidden">
        {outcome && OUTCOMES[outcome]}
      </p>
    </form>
  );
}
