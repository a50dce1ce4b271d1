import { Link } from '#components/ui/link.tsx';
import type { RevocableClient } from '../revoke-dialog.tsx';
import { revokeHref } from './revoke-href.ts';

/** In a browser without JavaScript, a link to the page that asks before it revokes. */
export function RevokeWithoutScript({ client }: { client: RevocableClient | undefined }) {
  if (client === undefined) return null;
  return (
    <noscript>
      <Link className="link text-sm" href={revokeHref(client)}>
        Revoke
      </Link>
    </noscript>
  );
}
