import { Suspense } from 'react';
import { countOf, formatNumber } from '#components/ui/format.ts';
import { TriangleAlert } from '#components/ui/icons.tsx';
import { Link } from '#components/ui/link.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Sparkline } from '#components/ui/sparkline.tsx';
import { Cell, Row, RowGroup } from '#components/ui/table.tsx';
import { DAYS_SHOWN } from '#lib/connections/connection-row.ts';
import type { ConnectionRow } from '#lib/connections/queries.ts';
import { summariseAccess } from './access.ts';
import { type Identity, identify } from './client-identity.ts';
import { ClientMark } from './client-mark.tsx';
import { LastUsed } from './last-used.tsx';
import { readingOf } from './read-identity.ts';
import type { RevocationOutcome } from './revocation-result.ts';
import { RowActions } from './row-actions.tsx';
import { StateBadge } from './state-badge.tsx';
import { TrustBadge } from './trust-badge.tsx';

/** One client in the list. What needs its metadata document comes when that is read. */
export function ClientRow({
  row,
  userId,
  renderedAt,
  revoke,
}: {
  row: ConnectionRow;
  userId: string;
  renderedAt: number;
  revoke: (id: string) => Promise<RevocationOutcome>;
}) {
  const unread = identify(row, undefined);
  const access = summariseAccess(row.granted ? row.grantedScopes : row.scopes, row.permissions);
  return (
    <RowGroup>
      <Row>
        <Cell className="pr-10 sm:pr-3">
          <Suspense fallback={<Who id={row.id} identity={unread} />}>
            <CheckedWho row={row} userId={userId} />
          </Suspense>
        </Cell>
        <Cell label="Access" className="text-sm">
          {access.sees}
          {access.further && <span className="block text-muted-foreground">{access.further}</span>}
        </Cell>
        <Cell label="Last used" className="text-sm">
          <LastUsed id={row.id} at={row.lastUsed?.toISOString()} renderedAt={renderedAt} />
          {row.firstSeen && (
            <span className="block text-muted-foreground">
              first <RelativeTime at={row.firstSeen.toISOString()} renderedAt={renderedAt} />
            </span>
          )}
        </Cell>
        <Cell label="30 days">
          <Sparkline
            values={row.daily}
            label={`${countOf(row.recentCalls, 'call')} in ${DAYS_SHOWN} days, most in one day ${formatNumber(Math.max(0, ...row.daily))}`}
          />
        </Cell>
        <Cell label="State">
          <StateBadge state={row.state} />
          {row.state === 'pending' && (
            <span className="mt-1 block text-sm text-muted-foreground">refused meanwhile</span>
          )}
        </Cell>
        <Cell className="absolute top-2 right-0 sm:static sm:text-right">
          <RowActions id={row.id} name={unread.title} state={row.state} kind={row.kind} revoke={revoke} />
        </Cell>
      </Row>
      <Suspense fallback={<Warning text={unread.warning} />}>
        <CheckedWarning row={row} userId={userId} />
      </Suspense>
    </RowGroup>
  );
}

async function CheckedWho({ row, userId }: { row: ConnectionRow; userId: string }) {
  return <Who id={row.id} identity={identify(row, await readingOf(row, userId))} />;
}

async function CheckedWarning({ row, userId }: { row: ConnectionRow; userId: string }) {
  return <Warning text={identify(row, await readingOf(row, userId)).warning} />;
}

function Warning({ text }: { text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <Row>
      <td colSpan={6} className="block pb-3 sm:table-cell sm:px-3">
        <p className="flex gap-2 rounded-sm bg-warning-soft px-3 py-2 text-sm text-warning">
          <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0" />
          <span className="min-w-0 wrap-anywhere">{text}</span>
        </p>
      </td>
    </Row>
  );
}

function Who({ id, identity }: { id: string; identity: Identity }) {
  const { title, proven, claim, standing, meaning, hasLogo } = identity;
  return (
    <div className="flex min-w-0 items-start gap-3">
      <ClientMark id={id} title={title} hasLogo={hasLogo} />
      <div className="min-w-0 flex-1">
        {/* Stretched over the whole row, so that a click anywhere opens it. */}
        <Link
          href={`/clients/${id}`}
          className={`line-clamp-2 wrap-anywhere after:absolute after:inset-0 ${proven ? 'font-medium' : ''}`}
        >
          {title}
        </Link>
        {claim && <p className="line-clamp-2 text-sm wrap-anywhere text-muted-foreground">{claim}</p>}
        <p className="mt-1">
          <TrustBadge standing={standing} meaning={meaning} />
        </p>
      </div>
    </div>
  );
}
