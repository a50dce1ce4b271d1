import { Link } from '#components/ui/link.tsx';
import { config } from '#lib/config/env.ts';

/** Downloads of all connections of the person. */
export function ExportConnections() {
  return (
    <span className="flex gap-4">
      <span className="text-muted-foreground">Export</span>
      <Link className="link" href="/clients/export?format=json" download>
        JSON
      </Link>
      <Link className="link" href="/clients/export?format=csv" download>
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
