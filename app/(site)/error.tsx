'use client';

/**
 * Something failed while a page was made; what, is in the server's log under the digest. It is part of what every
 * page loads, so it brings nothing with it.
 */
export default function PageError({ error }: { error: Error & { digest?: string } }) {
  return (
    <div role="alert" className="pt-8 sm:pt-12">
      <h1 className="text-3xl">This page could not be shown</h1>
      <p className="mt-2 text-muted-foreground">
        Nothing was changed. Try again; if it stays, the server&apos;s log has the reason.
      </p>
      <p className="mt-6">
        <button type="button" className="link" onClick={() => location.reload()}>
          Try again
        </button>
      </p>
      {error.digest && (
        <p className="mt-6 text-sm text-muted-foreground">
          Reference for the log: <code>{error.digest}</code>
        </p>
      )}
    </div>
  );
}
