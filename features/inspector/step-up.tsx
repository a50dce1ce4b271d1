import { Button } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { sanitize } from '#lib/text/sanitize.ts';
import type { CallOutcome } from './call-messages.ts';

/** Offers a sign-in with the scopes that the call needs; the call is repeated after it. */
export function StepUp({
  stepUp: { needed, granted, offer },
  busy,
  onStepUp,
}: {
  stepUp: NonNullable<CallOutcome['stepUp']>;
  busy: boolean;
  onStepUp: (offer: string) => void;
}) {
  return (
    <Callout tone="warn" title="This call needs more scopes" live>
      <ul className="my-2 space-y-1">
        {needed.map((scope) => (
          <li key={scope} className="flex flex-wrap items-baseline gap-2">
            <code className="wrap-anywhere">{sanitize(scope, 200)}</code>
            <span>{granted.includes(scope) ? 'already granted' : 'new'}</span>
          </li>
        ))}
      </ul>
      {offer === undefined ? (
        <p>Use a token that has these scopes.</p>
      ) : (
        <>
          <p>
            The sign-in also asks for the scopes granted so far. The call is then repeated with the same
            arguments.
          </p>
          <Button
            size="small"
            disabled={busy}
            onClick={() => onStepUp(offer)}
            className="mt-2 py-1 text-left whitespace-normal!"
          >
            Sign in with these scopes and call again
          </Button>
        </>
      )}
    </Callout>
  );
}
