import type { ReactNode } from 'react';
import { Count } from '#components/ui/count.tsx';
import { LocalTime } from '#components/ui/local-time.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import type { ConnectionRow } from '#lib/connections/queries.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { organizationNames } from '#lib/workos/organization-names.ts';
import { describeAccess, isForOthers } from './access.ts';
import { LastUsed } from './live/live-updates.tsx';
import { asksAgain } from './refresh.ts';

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
      {row.state === 'active' && (
        <Fact name="Access token">
          <TokenExpiry row={row} renderedAt={renderedAt} />
        </Fact>
      )}
      {organizationId !== undefined && (
        <Fact name="Organization">{(await organizationNames([organizationId])).get(organizationId)}</Fact>
      )}
      {row.firstParty && <Fact name="Application">First-party: made by the owner of this server</Fact>}
      {isForOthers(row) && (
        <Fact name="Granted for">
          <code>{row.grantResources.join(', ')}</code> (not this server)
        </Fact>
      )}
    </dl>
  );
}

/** What a client reports about itself, and its ids. */
export function TechnicalFacts({ row }: { row: ConnectionRow }) {
  const { software } = row;
  return (
    <dl className="text-sm">
      <Fact name="Client ID">
        <code>{sanitize(row.clientId, 2048) || 'Not in token'}</code>
      </Fact>
      <Fact name="Client software">
        {software ? `${software.name} ${software.version} (self-reported)` : 'Not reported'}
      </Fact>
      <Fact name="Protocol version">{row.protocolVersion ?? 'Unknown'}</Fact>
      <Fact name="Scopes">
        <code>{accessOf(row).join(' ') || 'Unknown'}</code>
      </Fact>
      {row.permissions.length > 0 && (
        <Fact name="Role permissions">
          <code>{row.permissions.join(' ')}</code>
        </Fact>
      )}
      {row.organizationId !== undefined && (
        <Fact name="Organization ID">
          <code>{sanitize(row.organizationId, 100)}</code>
        </Fact>
      )}
    </dl>
  );
}

const accessOf = (row: ConnectionRow) => (row.granted ? row.grantedScopes : row.scopes);

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

/** When the client has to ask the person again. */
function TokenExpiry({ row, renderedAt }: { row: ConnectionRow; renderedAt: number }) {
  const { tokenExpiresAt: at } = row;
  if (row.granted && row.grantedScopes.includes('offline_access')) return 'Renewed without asking you';
  const asks = asksAgain(row);
  if (at === undefined) return asks ? 'Asks you again when it expires' : 'Unknown';
  const time = at.toISOString();
  if (at.getTime() <= renderedAt)
    return (
      <>
        Expired <RelativeTime at={time} renderedAt={renderedAt} />
        {asks && '; asks you again'}
      </>
    );
  return (
    <>
      {asks ? 'Asks again at' : 'Expires at'} <LocalTime at={time} format="time" />; until then it acts
      without asking AuthKit
    </>
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
