'use client';

/**
 * Shown when rendering a page failed. The server logs the error under `digest`. Every page loads this module, so it
 * imports nothing.
 */
export default function PageError({ error }: { error: Error & { digest?: string } }) {
  return (
    <div role="alert" className="pt-8 sm:pt-12">
      <h1 className="text-3xl">Something went wrong</h1>
      <p className="mt-2 text-muted-foreground">
        The page could not be loaded. Try again. The server log has the details.
      </p>
      <p className="mt-6">
        <button type="button" className="link" onClick={() => location.reload()}>
          Try again
        </button>
      </p>
      {error.digest && (
        <p className="mt-6 text-sm text-muted-foreground">
          Error reference: <code>{error.digest}</code>
        </p>
      )}
    </div>
  );
}
