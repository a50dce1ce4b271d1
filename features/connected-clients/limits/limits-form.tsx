'use client';

import { useActionState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { REQUEST_FAILURES, type RequestFailure, requestFailure } from '#components/ui/request-failure.ts';
import { type LimitsOutcome, saveLimits } from './actions.ts';

const OUTCOMES: Readonly<Record<LimitsOutcome | RequestFailure, string>> = {
  ...REQUEST_FAILURES,
  saved: 'Saved. In force everywhere within one second.',
  unknown: 'Not saved: this app is no longer in your list.',
  bad_date: 'Not saved: choose a last day that is today or later.',
  bad_days: 'Not saved: the number of days is a whole number from 1 to 3650.',
  failed: 'Not saved: the server failed. Try again.',
  cross_site: 'Not saved: the request did not come from this site.',
  signed_out: 'Not saved: your session ended. Sign in and try again.',
  session_unavailable: 'Not saved: your session cannot be checked now. Try again.',
};

type ToolChoice = { name: string; title: string; readsOnly: boolean; on: boolean };

type Props = {
  id: string;
  readOnly: boolean;
  tools: readonly ToolChoice[];
  /** YYYY-MM-DD, or empty. */
  lastDay: string;
  /** A number, or empty. */
  unusedDays: string;
};

const field = 'min-h-8 rounded-lg border border-input bg-card px-3';

/** The form for the limits of a connection. Works without JavaScript. */
export function LimitsForm({ id, readOnly, tools, lastDay, unusedDays }: Props) {
  const [outcome, save, pending] = useActionState<LimitsOutcome | RequestFailure | undefined, FormData>(
    // Without JavaScript the action itself has to be in the form.
    typeof window === 'undefined'
      ? saveLimits
      : (previous, form) => saveLimits(previous, form).catch(requestFailure),
    undefined,
  );
  // React resets a form after its action, to the values that it was rendered with.
  const saved = JSON.stringify({ readOnly, tools, lastDay, unusedDays });
  return (
    <form key={saved} action={save} className="mt-3 space-y-4">
      <input type="hidden" name="connection" value={id} />
      <Check name="readOnly" defaultChecked={readOnly}>
        Read-only: the app can use only tools that change nothing
      </Check>
      <fieldset>
        <legend className="mb-1 text-muted-foreground">Tools that the app can use</legend>
        <div className="grid gap-x-6 gap-y-1 sm:grid-cols-2">
          {tools.map((tool) => (
            <Check key={tool.name} name="tool" value={tool.name} defaultChecked={tool.on}>
              {tool.title}
              {tool.readsOnly || <span className="text-muted-foreground"> (can change data)</span>}
            </Check>
          ))}
        </div>
      </fieldset>
      <div className="flex flex-wrap gap-x-6 gap-y-3">
        <label className="grid gap-1">
          <span className="text-muted-foreground">Last day (UTC)</span>
          <input type="date" name="lastDay" defaultValue={lastDay} className={field} />
        </label>
        <label className="grid gap-1">
          <span className="text-muted-foreground">Expires after days without use</span>
          <input
            type="number"
            name="unusedDays"
            min={1}
            max={3650}
            defaultValue={unusedDays}
            placeholder="Never"
            className={`${field} w-32 placeholder:text-muted-foreground`}
          />
        </label>
      </div>
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" size="small" disabled={pending}>
          {pending ? 'Saving' : 'Save limits'}
        </Button>
        <p role="status" className="text-muted-foreground empty:hidden">
          {outcome && OUTCOMES[outcome]}
        </p>
      </div>
    </form>
  );
}

function Check({
  children,
  ...input
}: {
  children: React.ReactNode;
  name: string;
  value?: string;
  defaultChecked: boolean;
}) {
  return (
    <label className="flex min-h-6 items-baseline gap-2">
      <input type="checkbox" {...input} className="translate-y-0.5 accent-primary" />
      <span className="min-w-0 wrap-anywhere">{children}</span>
    </label>
  );
}
