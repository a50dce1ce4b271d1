import type { Metadata } from 'next';
import { PageHeader } from '#components/ui/page-header.tsx';
import { ClientMetadataLink } from '#features/client-metadata/client-metadata-link.tsx';
import { Inspector } from '#features/inspector/inspector.tsx';
import { requestContext } from '#features/inspector/server/context.ts';
import { currentSession } from '#features/inspector/server/session.ts';
import { config } from '#lib/config/env.ts';
import { resourceUrl } from '#lib/config/urls.ts';
import { requireUser } from '#lib/session/user.ts';

export const metadata: Metadata = { title: 'Inspector' };

export default async function InspectorPage() {
  const user = await requireUser('/inspector');
  const session = await currentSession({ ...(await requestContext()), user });
  return (
    <>
      <PageHeader
        title="Inspector"
        lead="Enter the URL of an MCP server. The inspector runs discovery and sign-in as a client does, shows each request, and says what to fix."
      />
      <ClientMetadataLink />
      <Inspector owner={user.id} defaultUrl={resourceUrl(config())} session={session} />
    </>
  );
}
