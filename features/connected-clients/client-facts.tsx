import type { ReactNode } from 'react';
import { countOf } from '#components/ui/format.ts';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import type { ConnectionRow } from '#lib/connections/queries.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { organizationNames } from '#lib/workos/organization-names.ts';
import { describeAccess, isForOthers } from './access.ts';
import { LastUsed } from './live/live-updates.tsx';
import { asksAgain } from './refresh.ts';

/** What a client may do, and when and with what software it did. */
export async function ClientFacts({ row, renderedAt }: { row: ConnectionRow; renderedAt: number }) {
  const time = (at: Date) => <RelativeTime at={at.toISOString()} renderedAt={renderedAt} />;
  const { software } = row;
  return (
    <dl className="text-sm">
      <Fact name="Permissions">
        <AccessList row={row} />
      </Fact>
      <Fact name="Organization">
        {row.organizationId === undefined
          ? 'None'
          : (await organizationNames([row.organizationId])).get(row.organizationId)}
      </Fact>
      {row.firstParty && <Fact name="Application">First-party: made by the owner of this server</Fact>}
      {isForOthers(row) && (
        <Fact name="Granted for">
          <code>{row.grantResources.join(', ')}</code> (not this server)
        </Fact>
      )}
      <Fact name="Connected">{time(row.firstSeen ?? row.activeAt)}</Fact>
      <Fact name="Last used">
        <LastUsed id={row.id} at={row.lastUsed?.toISOString()} renderedAt={renderedAt} />
      </Fact>
      {row.revokedAt && <Fact name="Revoked">{time(row.revokedAt)}</Fact>}
      <Fact name="Calls">{countOf(row.calls, 'call')}</Fact>
      <Fact name="Client software">
        {software ? `${software.name} ${software.version} (self-reported)` : 'Not reported'}
      </Fact>
      <Fact name="Protocol version">{row.protocolVersion ?? 'Unknown'}</Fact>
      {asksAgain(row) && (
        <Fact name="Refresh token">None: it asks you again each time its access token expires</Fact>
      )}
      <Fact name="Client ID">
        <code>{sanitize(row.clientId, 2048) || 'Not in token'}</code>
      </Fact>
    </dl>
  );
}

function AccessList({ row }: { row: ConnectionRow }) {
  const access = describeAccess(row.granted ? row.grantedScopes : row.scopes, row.permissions);
  if (access.length === 0) return 'Unknown';
  return (
    <ul>
      {access.map(({ name, description }) => (
        <li key={name}>
          {description} <code className="text-muted-foreground">{name}</code>
        </li>
      ))}
    </ul>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex gap-4 py-1">
      <dt className="w-32 shrink-0 text-muted-foreground">{name}</dt>
      <dd className="min-w-0 flex-1 wrap-anywhere">{children}</dd>
    </div>
  );
}
