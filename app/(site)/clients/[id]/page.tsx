import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { revokeAccess } from '#features/connected-clients/actions.ts';
import { readActivityFilter } from '#features/connected-clients/activity-query.ts';
import { ClientDetail } from '#features/connected-clients/client-detail.tsx';
import { listActivity, revocationHistory, toolsCalled } from '#lib/connections/activity-queries.ts';
import { dailyActivity } from '#lib/connections/daily.ts';
import { getConnection } from '#lib/connections/queries.ts';
import { requireUser } from '#lib/session/user.ts';

export const metadata: Metadata = { title: 'Client' };

export default async function Client({ params, searchParams }: PageProps<'/clients/[id]'>) {
  const { id } = await params;
  const user = await requireUser();
  const row = await getConnection(user.id, id);
  if (row === undefined) notFound();
  const filter = readActivityFilter(await searchParams);
  const [days, entries, tools, history] = await Promise.all([
    dailyActivity(user.id, id),
    listActivity(user.id, id, { filter, limit: filter.shown }),
    toolsCalled(user.id, id),
    revocationHistory(user.id, id),
  ]);
  return (
    <ClientDetail
      row={row}
      userId={user.id}
      days={days}
      entries={entries}
      tools={tools}
      history={history}
      filter={filter}
      revoke={revokeAccess}
    />
  );
}
