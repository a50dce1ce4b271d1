import { type ReactNode, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';

/** Sign-in behind a warning where a strict client refuses: the person chooses to go on as a lenient client. */
export function LenientSignIn({
  refusedFor,
  children,
}: {
  /** Titles of the findings for which a strict client stops. */
  refusedFor: readonly string[];
  children: ReactNode;
}) {
  const [accepted, setAccepted] = useState(false);
  if (refusedFor.length === 0) return children;
  return (
    <div className="space-y-6">
      <Callout tone="warn" title="A strict client does not sign in to this server">
        <ul className="list-disc pl-4 wrap-anywhere">
          {refusedFor.map((title) => (
            <li key={title}>{title}</li>
          ))}
        </ul>
        {!accepted && (
          <Button size="small" className="mt-3" onClick={() => setAccepted(true)}>
            Continue as a lenient client
          </Button>
        )}
      </Callout>
      {accepted && children}
    </div>
  );
}
