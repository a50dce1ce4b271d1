'use client';

/**
 * Shown when rendering a page failed, or a form sent an action that the server does not know. The server logs its errors
 * under `digest`. Every page loads this module, so it imports nothing.
 */
export default function PageError({ error }: { error: Error & { digest?: string } }) {
  const [title, text] = explain(error);
  return (
    <div role="alert" className="pt-8 sm:pt-12">
      <h1 className="text-3xl">{title}</h1>
      <p className="mt-2 text-muted-foreground">{text}</p>
      <p className="mt-6">
        <button type="button" className="link" onClick={() => location.reload()}>
          {title === OUTDATED ? 'Reload' : 'Try again'}
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

const OUTDATED = 'A newer version of this site is running';

function explain({ name, digest }: Error & { digest?: string }): [title: string, text: string] {
  if (name === 'UnrecognizedActionError')
    return [OUTDATED, 'Nothing was changed. Reload the page and try again.'];
  if (digest === 'session-unavailable')
    return [
      'Your session cannot be checked',
      'WorkOS or the database does not respond, so this page cannot be shown now. You are not signed out.',
    ];
  if (digest === undefined)
    return navigator.onLine === false
      ? ['You are offline', 'Connect your device and try again.']
      : ['This page failed in your browser', 'Reload it to try again.'];
  return ['Something went wrong', 'The page could not be loaded. Try again. The server log has the details.'];
}
