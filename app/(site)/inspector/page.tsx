import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { buttonClass } from '#components/ui/button.tsx';
import { Link } from '#components/ui/link.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Inspector } from '#features/inspector/inspector.tsx';
import { currentSession } from '#features/inspector/server/http/session.ts';
import { config } from '#lib/config/env.ts';
import { resourceUrl } from '#lib/config/urls.ts';
import { requireUser } from '#lib/session/user.ts';

export const metadata: Metadata = { title: 'Inspector' };

export default async function InspectorPage() {
  const user = await requireUser('/inspector');
  const session = await currentSession((await headers()).get('cookie') ?? '', user);
  return (
    <>
      <PageHeader
        title="Inspector"
        lead="Give it the URL of an MCP server. It finds the authorization server as any client would, shows each message, and says what is wrong on the way."
        actions={
          <Link href="/inspector/client-metadata" className={buttonClass('secondary', 'small')}>
            Validate a client metadata document
          </Link>
        }
      />
      <Inspector owner={user.id} defaultUrl={resourceUrl(config())} session={session} />
    </>
  );
}
