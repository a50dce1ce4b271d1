import { Suspense } from 'react';
import { countOf, formatNumber } from '#components/ui/format.ts';
import { Link } from '#components/ui/link.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Sparkline } from '#components/ui/sparkline.tsx';
import { Cell, Row, RowGroup } from '#components/ui/table.tsx';
import { DAYS_SHOWN } from '#lib/connections/connection-row.ts';
import type { ConnectionRow } from '#lib/connections/queries.ts';
import { isForOthers, summariseAccess } from './access.ts';
import { StateBadge, TrustBadge } from './badges.tsx';
import { type Identity, identify, initials } from './client-identity.ts';
import { ClientMark } from './client-mark.tsx';
import { Label } from './label/label.tsx';
import { LastUsed } from './live/live-updates.tsx';
import { ClientLogo } from './logo/client-logo.tsx';
import { LookAlikeWarning } from './look-alike-warning.tsx';
import { proveIdentity } from './prove-identity.ts';
import { RowActions } from './row-actions.tsx';

type Props = { row: ConnectionRow; userId: string };

/** One client of the list. Its proven identity is streamed when it is known. */
export function ClientRow({
  row,
  userId,
  organization,
  renderedAt,
}: Props & { organization: string | undefined; renderedAt: number }) {
  const unread = identify(row);
  return (
    <RowGroup>
      <Row>
        <Cell className="pr-10 sm:pr-3">
          <Suspense fallback={<ClientName row={row} identity={unread} />}>
            <VerifiedName row={row} userId={userId} />
          </Suspense>
        </Cell>
        <Cell label="Access" className="text-sm">
          {summariseAccess(row.granted ? row.grantedScopes : row.scopes, row.permissions)}
          {organization && <span className="block truncate text-muted-foreground">In {organization}</span>}
          {isForOthers(row) && (
            <span className="block text-muted-foreground">Granted for another server</span>
          )}
          {row.firstParty && <span className="block text-muted-foreground">First-party application</span>}
        </Cell>
        <Cell label="Last used" className="text-sm">
          <LastUsed id={row.id} at={row.lastUsed?.toISOString()} renderedAt={renderedAt} />
          <span className="block text-muted-foreground">
            Connected{' '}
            <RelativeTime at={(row.firstSeen ?? row.activeAt).toISOString()} renderedAt={renderedAt} />
          </span>
        </Cell>
        <Cell label="30 days">
          <Sparkline
            values={row.daily}
            label={`${countOf(row.recentCalls, 'call')} in ${DAYS_SHOWN} days, peak ${formatNumber(Math.max(0, ...row.daily))} per day`}
          />
        </Cell>
        <Cell label="State">
          <StateBadge state={row.state} />
        </Cell>
        <Cell className="absolute top-2 right-0 sm:static sm:text-right">
          <RowActions
            client={{ id: row.id, name: unread.title, kind: row.kind }}
            canRevoke={row.state === 'active'}
          />
        </Cell>
      </Row>
      <Suspense fallback={<WarningRow text={unread.warning} />}>
        <VerifiedWarning row={row} userId={userId} />
      </Suspense>
    </RowGroup>
  );
}

async function VerifiedName({ row, userId }: Props) {
  return <ClientName row={row} identity={await proveIdentity(row, userId)} />;
}

async function VerifiedWarning({ row, userId }: Props) {
  return <WarningRow text={(await proveIdentity(row, userId)).warning} />;
}

function WarningRow({ text }: { text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <Row>
      <td colSpan={6} className="block pb-3 sm:table-cell sm:px-3">
        <LookAlikeWarning text={text} />
      </td>
    </Row>
  );
}

function ClientName({ row, identity }: { row: ConnectionRow; identity: Identity }) {
  const { title, proven, detail, level, explanation } = identity;
  return (
    <div className="flex min-w-0 items-start gap-3">
      <ClientMark>
        {initials(title)}
        <ClientLogo id={row.id} shown={identity.hasLogo} />
      </ClientMark>
      <div className="min-w-0 flex-1">
        {/* Covers the whole row, so that a click anywhere opens the client. */}
        <Link
          href={`/clients/${row.id}`}
          className={`line-clamp-2 wrap-anywhere after:absolute after:inset-0 ${proven ? 'font-medium' : ''}`}
        >
          {title}
        </Link>
        <Label text={row.label} />
        {detail && <p className="line-clamp-2 text-sm wrap-anywhere text-muted-foreground">{detail}</p>}
        <p className="mt-1">
          <TrustBadge level={level} explanation={explanation} />
        </p>
      </div>
    </div>
  );
}
