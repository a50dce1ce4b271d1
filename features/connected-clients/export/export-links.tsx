import { Link } from '#components/ui/link.tsx';
import { config } from '#lib/config/env.ts';
import { route } from '#lib/config/route.ts';
import type { ListQuery } from '../search-params.ts';

/** Downloads of the connections that the list shows, over all its pages. */
export function ExportConnections({ query: { show, search } }: { query: ListQuery }) {
  const href = (format: string) =>
    route(`/clients/export?${new URLSearchParams({ format, show, ...(search !== '' && { q: search }) })}`);
  return (
    <span className="flex gap-4">
      <span className="text-muted-foreground">Export this list</span>
      <Link className="link" href={href('json')} download>
        JSON
      </Link>
      <Link className="link" href={href('csv')} download>
        CSV
      </Link>
    </span>
  );
}

/** Downloads of the calls of one client. */
export function ExportActivity({ id }: { id: string }) {
  return (
    <section aria-labelledby="export" className="text-sm">
      <h2 id="export" className="text-lg">
        Export
      </h2>
      <p className="mt-1 flex gap-4">
        <span className="text-muted-foreground">Calls of the last {config().activityRetentionDays} days</span>
        <Link className="link" href={`/clients/${id}/export?format=json`} download>
          JSON
        </Link>
        <Link className="link" href={`/clients/${id}/export?format=csv`} download>
          CSV
        </Link>
      </p>
    </section>
  );
}
