import { Suspense } from 'react';
import { Badge } from '#components/ui/badge.tsx';
import { Count } from '#components/ui/count.tsx';
import { countOf, formatNumber } from '#components/ui/format.ts';
import { TriangleAlert } from '#components/ui/icons.tsx';
import { Link } from '#components/ui/link.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Sparkline } from '#components/ui/sparkline.tsx';
import { Cell, INLINE_CELL, Row, RowGroup } from '#components/ui/table.tsx';
import type { App } from '#lib/connections/app-queries.ts';
import { DAYS_SHOWN } from '#lib/connections/connection-row.ts';
import type { ConnectionRow } from '#lib/connections/queries.ts';
import { isForOthers } from './access.ts';
import { StateBadge, TrustBadge, trustLabel } from './badges.tsx';
import { SelectCell } from './bulk/select.tsx';
import { type Identity, identify, initials } from './client-identity.ts';
import { ClientMark } from './client-mark.tsx';
import { RevokeWithoutScript } from './confirmation/revoke-without-script.tsx';
import { Label } from './label/label.tsx';
import { LastUsed } from './live/live-updates.tsx';
import { ClientLogo } from './logo/client-logo.tsx';
import { proveIdentity } from './prove-identity.ts';
import { ReviewButtons } from './review/review-buttons.tsx';
import { RowActions } from './row-actions.tsx';
import type { ListQuery } from './search-params.ts';
import { UnfoldMark, unfoldHref } from './unfold/unfold-mark.tsx';

type Common = { query: ListQuery; renderedAt: number };

/** One app of the list. Its proven identity is streamed when it is known. */
export function AppRow({
  app,
  userId,
  isNew,
  ...common
}: Common & { app: App; userId: string; isNew: boolean }) {
  const { latest, connections } = app;
  const unread = identify(latest);
  const several = connections > 1;
  const canRevoke = latest.state === 'active' || (several && common.query.show !== 'revoked');
  const client = {
    id: latest.id,
    name: unread.title,
    kind: latest.kind,
    connections,
    ...(several && { which: { ids: [], apps: [app.key], unused: false } }),
  };
  const name = { app, isNew, ...common };
  return (
    <RowGroup id={`app-${latest.id}`}>
      <Row>
        <SelectCell
          name={several ? 'app' : 'id'}
          value={several ? app.key : latest.id}
          label={unread.title}
          canRevoke={canRevoke}
        />
        <Cell className="narrow:pr-12">
          <Suspense fallback={<AppName identity={unread} {...name} />}>
            <VerifiedName userId={userId} {...name} />
          </Suspense>
          <ReviewButtons app={app} client={client} />
        </Cell>
        <Cell label="Last used" className={`text-sm ${INLINE_CELL}`}>
          <LastUsed of={app.key} at={app.lastUsed?.toISOString()} renderedAt={common.renderedAt} />
        </Cell>
        <Cell label="Connected" className={`text-sm text-muted-foreground ${INLINE_CELL}`}>
          <RelativeTime at={app.firstSeen.toISOString()} renderedAt={common.renderedAt} />
        </Cell>
        <Cell label="30 days">
          <Sparkline values={app.daily} label={callsLabel(app)} />
        </Cell>
        <Cell className="absolute top-2 -right-2 wide:static wide:text-right print:hidden!">
          <div className="relative z-[1] inline-block">
            <RowActions client={client} canRevoke={canRevoke} />
            <RevokeWithoutScript client={canRevoke ? client : undefined} />
          </div>
        </Cell>
      </Row>
    </RowGroup>
  );
}

function callsLabel({ daily }: App): string {
  const calls = daily.reduce((sum, ofDay) => sum + ofDay, 0);
  return `${countOf(calls, 'call')} in ${DAYS_SHOWN} days, peak ${formatNumber(Math.max(0, ...daily))} per day`;
}

type NameProps = Common & { app: App; isNew: boolean };

async function VerifiedName({ userId, ...props }: NameProps & { userId: string }) {
  return <AppName identity={await proveIdentity(props.app.latest, userId)} {...props} />;
}

const REVIEWS: Record<NonNullable<App['review']>, string> = {
  look_alike: 'This app resembles a well-known app of another vendor. Revoke it if you do not recognise it.',
  unproven:
    'Nothing proves the name of this app, and it can act while you are away. Revoke it if you did not connect it.',
  resumed: 'This app was used again after 30 days without a call. Revoke it if you did not expect that.',
};

function AppName({ identity, app, isNew, query }: NameProps & { identity: Identity }) {
  const { title, proven, level, explanation } = identity;
  const { latest, connections } = app;
  const several = connections > 1;
  const open = query.open === app.key;
  const badge = level === 'unverified' || level === 'unreachable';
  const warning = identity.warning ?? (app.review && REVIEWS[app.review]);
  return (
    <div className="flex min-w-0 items-start gap-3">
      <ClientMark>
        {initials(title)}
        <ClientLogo id={latest.id} shown={identity.hasLogo} />
      </ClientMark>
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          {/* Covers the whole row, so that a click anywhere opens the app. */}
          <Link
            href={several ? unfoldHref(query, app) : `/clients/${latest.id}`}
            aria-expanded={several ? open : undefined}
            className={`line-clamp-2 wrap-anywhere after:absolute after:inset-0 ${proven ? 'font-medium' : ''}`}
          >
            {title}
          </Link>
          <Label text={several ? undefined : latest.label} />
          {latest.state !== 'active' && <StateBadge state={latest.state} />}
          {badge && <TrustBadge level={level} explanation={explanation} />}
          {isNew && <Badge tone="accent">New</Badge>}
        </p>
        <p className="line-clamp-3 text-sm wrap-anywhere text-muted-foreground">
          {several && (
            <span className="text-foreground">
              <UnfoldMark open={open} />
              <Count of={connections} one="connection" /> ·{' '}
            </span>
          )}
          {[badge ? undefined : trustLabel(level), identity.detail, ...notes(latest)]
            .filter(Boolean)
            .join(' · ')}
        </p>
        {warning && latest.state === 'active' && (
          <p className="mt-1 flex gap-1.5 text-sm text-warning">
            <TriangleAlert size={14} aria-hidden className="mt-0.5 shrink-0" />
            <span className="min-w-0 wrap-anywhere">{warning}</span>
          </p>
        )}
      </div>
    </div>
  );
}

/** What is unusual about a connection. */
export function notes(row: ConnectionRow): (string | false | undefined)[] {
  return [isForOthers(row) && 'Granted for another server', row.firstParty && 'First-party application'];
}
