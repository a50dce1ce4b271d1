import { RelativeTime } from '#components/ui/relative-time.tsx';
import type { ConnectionRow } from '#lib/connections/queries.ts';
import { type RevocationEntry, revocationHistory } from '#lib/connections/revocation-history.ts';

const EVENTS: Record<RevocationEntry['event'], string> = {
  revoked: 'Access revoked',
  expired: 'Connection expired',
  limited: 'Access limits changed',
  grant_deleted: 'Grant deleted at AuthKit',
  undone: 'Revocation undone',
  grant_absent: 'AuthKit listed no grant to delete',
  grant_kept: 'The grant at AuthKit is kept: it may serve another organization',
  grant_gone: 'Access ended: the grant was deleted at AuthKit',
  deletion_failed: 'Deleting the grant at AuthKit failed; retrying',
};

/** The revocation history of a client, newest first. */
export async function RevocationHistory({
  row,
  userId,
  renderedAt,
}: {
  row: ConnectionRow;
  userId: string;
  renderedAt: number;
}) {
  const entries = await revocationHistory(userId, row.id, undefined, row.clientKey);
  return (
    <section aria-labelledby="history">
      <h2 id="history" className="text-lg">
        Revocation history
      </h2>
      {entries.length === 0 ? (
        <p className="mt-1 text-sm text-muted-foreground">Never revoked.</p>
      ) : (
        <ol className="mt-1 text-sm">
          {entries.map((entry) => (
            <li key={`${entry.at.toISOString()} ${entry.event}`} className="flex justify-between gap-4 py-1">
              <span className="min-w-0 wrap-anywhere">
                {EVENTS[entry.event]}
                {entry.all && ', with all others'}
                {entry.by !== '' && <span className="text-muted-foreground"> by {entry.by}</span>}
              </span>
              <span className="text-muted-foreground">
                <RelativeTime at={entry.at.toISOString()} renderedAt={renderedAt} />
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
