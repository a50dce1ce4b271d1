'use client';

import './globals.css';
import { Link } from '#components/ui/link.tsx';

/** Shown when the root layout failed. */
export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en">
      <body>
        <title>Something went wrong</title>
        <main className="page-width py-12" role="alert">
          <h1 className="text-3xl">Something went wrong</h1>
          <p className="mt-2 text-muted-foreground">
            The page could not be loaded. The server log has the details
            {error.digest ? ' under this reference:' : '.'}
          </p>
          {error.digest && <code className="text-sm">{error.digest}</code>}
          <p className="mt-6">
            <Link className="link" href="/">
              Go to home
            </Link>
          </p>
        </main>
      </body>
    </html>
  );
}
