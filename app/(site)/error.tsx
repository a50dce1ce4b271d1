'use client';

import { Button } from '#components/button.tsx';
import { PageHeader } from '#components/page-header.tsx';

/** Something failed while a page was made. What went wrong is in the server's log under the digest. */
export default function PageError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <div role="alert">
      <PageHeader
        title="This page could not be shown"
        lead="Nothing was changed. Try again; if it stays, the server's log has the reason."
      />
      <Button variant="primary" onClick={reset}>
        Try again
      </Button>
      {error.digest && (
        <p className="mt-6 text-small text-muted">
          Reference for the log: <code>{error.digest}</code>
        </p>
      )}
    </div>
  );
}
