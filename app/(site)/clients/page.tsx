import type { Metadata } from 'next';
import { Callout } from '#components/ui/callout.tsx';
import { countOf } from '#components/ui/format.ts';
import { PageHeader } from '#components/ui/page-header.tsx';
import { revokeAccess, revokeAllAccess } from '#features/connected-clients/actions.ts';
import { ClientList, NoClients } from '#features/connected-clients/client-list.tsx';
import { connectionQuery, readListQuery } from '#features/connected-clients/list-query.ts';
import { Notice } from '#features/connected-clients/notice.tsx';
import { RevokeAll } from '#features/connected-clients/revoke-all.tsx';
import { connectionCount, connectionPage } from '#lib/connections/queries.ts';
import { requireUser } from '#lib/session/user.ts';

export const metadata: Metadata = { title: 'Connected clients' };

export default async function Clients({ searchParams }: PageProps<'/clients'>) {
  const user = await requireUser();
  const query = readListQuery(await searchParams);
  const [page, active, everything] = await Promise.all([
    connectionPage(user.id, connectionQuery(query)),
    connectionCount(user.id, { state: 'active' }),
    connectionCount(user.id),
  ]);
  return (
    <>
      <PageHeader
        title="Connected clients"
        lead={`${active === 0 ? 'No client' : countOf(active, 'client')} can act for you on this server.`}
        actions={active > 0 && <RevokeAll count={active} revoke={revokeAllAccess} />}
      />
      <Notice />
      {page.grants === 'stale' && (
        <div className="mb-4">
          <Callout tone="warn" title="AuthKit did not list your grants just now">
            Grants are shown as last known. What this server saw itself is current, and revoking works.
          </Callout>
        </div>
      )}
      {everything === 0 ? (
        <NoClients />
      ) : (
        <ClientList
          page={page}
          everything={everything}
          query={query}
          userId={user.id}
          revoke={revokeAccess}
        />
      )}
    </>
  );
}
