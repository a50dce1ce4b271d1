import type { Metadata } from 'next';
import { PageHeader } from '#components/ui/page-header.tsx';
import { ClientMetadataLink } from '#features/client-metadata/client-metadata-link.tsx';
import { requestContext } from '#features/inspector/server/context.ts';
import { currentSessions } from '#features/inspector/server/session.ts';
import { Servers } from '#features/inspector/servers.tsx';
import { config } from '#lib/config/env.ts';
import { resourceUrl } from '#lib/config/urls.ts';
import { requireUser } from '#lib/session/user.ts';

export const metadata: Metadata = { title: 'Inspector' };

/** Longest URL that a link may bring, as that of a run. */
const MAX_URL_CHARACTERS = 2048;

/** `?url=` opens the inspector on a server. The page sends nothing to it before the person chooses Run. */
export default async function InspectorPage({ searchParams }: PageProps<'/inspector'>) {
  const { url } = await searchParams;
  const linked = typeof url === 'string' && url !== '' && url.length <= MAX_URL_CHARACTERS ? url : undefined;
  const user = await requireUser(
    linked === undefined ? '/inspector' : `/inspector?url=${encodeURIComponent(linked)}`,
  );
  const sessions = await currentSessions({ ...(await requestContext()), user });
  return (
    // As wide as the screen: three panes.
    <div className="mx-[min(0px,calc((100%-min(100vw-5rem,112rem))/2))]">
      <PageHeader
        title="Inspector"
        lead="Enter the URL of an MCP server. The inspector runs discovery and sign-in as a client does, shows each request, says what to fix, and lets you call its tools."
      />
      <ClientMetadataLink />
      <noscript>
        <p className="mt-6">The inspector needs JavaScript.</p>
      </noscript>
      <Servers owner={user.id} defaultUrl={resourceUrl(config())} linkedUrl={linked} sessions={sessions} />
    </div>
  );
}
