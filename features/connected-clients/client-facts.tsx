import { Count } from '#components/ui/count.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import type { ConnectionRow } from '#lib/connections/queries.ts';
import { organizationNames } from '#lib/workos/organization-names.ts';
import { accessOf, describeAccess } from './access.ts';
import { Fact } from './fact.tsx';
import { LastUsed } from './live/live-updates.tsx';
import { AccessTokenFact, GrantFacts } from './technical/grant-facts.tsx';

/** When a client was used, for which organization, and when its access ends. */
export async function ClientFacts({ row, renderedAt }: { row: ConnectionRow; renderedAt: number }) {
  const time = (at: Date) => <RelativeTime at={at.toISOString()} renderedAt={renderedAt} />;
  const { organizationId } = row;
  return (
    <dl className="mt-6 text-sm">
      <Fact name="Last used">
        <LastUsed of={row.id} at={row.lastUsed?.toISOString()} renderedAt={renderedAt} />
      </Fact>
      <Fact name="Connected">{time(row.firstSeen ?? row.activeAt)}</Fact>
      {row.revokedAt && <Fact name="Revoked">{time(row.revokedAt)}</Fact>}
      <Fact name="Calls">
        <Count of={row.calls} one="call" />
      </Fact>
      <AccessTokenFact row={row} renderedAt={renderedAt} />
      {organizationId !== undefined && (
        <Fact name="Organization">{(await organizationNames([organizationId])).get(organizationId)}</Fact>
      )}
      <GrantFacts row={row} />
    </dl>
  );
}

/** What a client may do, in words. */
export function AccessList({ row }: { row: ConnectionRow }) {
  const access = describeAccess(accessOf(row), row.permissions);
  if (access.length === 0) return <p className="mt-2 text-sm text-muted-foreground">Unknown</p>;
  return (
    <ul className="mt-2 divide-y divide-border text-sm">
      {access.map(({ name, description }) => (
        <li key={name} className="py-2 wrap-anywhere">
          {description ?? <code>{name}</code>}
        </li>
      ))}
    </ul>
  );
}
