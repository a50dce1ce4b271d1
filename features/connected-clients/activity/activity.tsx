import { listActivity, toolsCalled } from '#lib/connections/activity-queries.ts';
import type { Parameters } from '../search-params.ts';
import { readActivityFilter } from './activity-filter.ts';
import { Timeline } from './timeline.tsx';

/** The calls of one client of the person, as the parameters of the page filter them. */
export async function Activity({
  userId,
  id,
  parameters,
}: {
  userId: string;
  id: string;
  parameters: Parameters;
}) {
  const filter = readActivityFilter(parameters);
  const [entries, tools] = await Promise.all([
    listActivity(userId, id, { filter, limit: filter.shown }),
    toolsCalled(userId, id),
  ]);
  return <Timeline id={id} entries={entries} tools={tools} filter={filter} />;
}
