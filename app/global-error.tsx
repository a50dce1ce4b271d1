'use client';

import './globals.css';
import { Link } from '#components/ui/link.tsx';

/** The last resort, when even the layout failed: no data, no session, no other module. */
export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en">
      <body>
        <title>Something failed</title>
        <main className="page-width py-12" role="alert">
          <h1 className="text-3xl">The server could not answer</h1>
          <p className="mt-2 text-muted-foreground">
            Nothing was changed. The server&apos;s log has the reason
            {error.digest ? ' under this reference:' : '.'}
          </p>
          {error.digest && <code className="text-sm">{error.digest}</code>}
          <p className="mt-6">
            <Link className="link" href="/">
              Go to the start page
            </Link>
          </p>
        </main>
      </body>
    </html>
  );
}
