import { notFound } from 'next/navigation';
import { cache, Suspense } from 'react';
import { Callout } from '#components/ui/callout.tsx';
import { ArrowLeft, TriangleAlert } from '#components/ui/icons.tsx';
import { Link } from '#components/ui/link.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Toaster } from '#components/ui/toast.tsx';
import { type ConnectionRow, getConnection } from '#lib/connections/queries.ts';
import { requireUser } from '#lib/session/user.ts';
import { Activity } from './activity/activity.tsx';
import { RevocationHistory } from './activity/revocation-history.tsx';
import { StateBadge, TrustBadge } from './badges.tsx';
import { AccessList, ClientFacts } from './client-facts.tsx';
import { type Identity, identify, initials } from './client-identity.ts';
import { ClientMark } from './client-mark.tsx';
import { ExportActivity } from './export/export-links.tsx';
import { EditableLabel } from './label/label.tsx';
import { AccessLimits } from './limits/access-limits.tsx';
import { LiveUpdates } from './live/live-updates.tsx';
import { ClientLogo } from './logo/client-logo.tsx';
import { Plots } from './plot/plots.tsx';
import { proveIdentity } from './prove-identity.ts';
import { RevokeClientButton } from './revoke-buttons.tsx';
import type { Parameters } from './search-params.ts';
import { TechnicalDetails } from './technical/technical-details.tsx';

type Props = { row: ConnectionRow; userId: string };

const connectionOf = cache((userId: string, id: string) => getConnection(userId, id));

/** The title of {@link ClientDetail}. */
export async function clientTitle(id: string): Promise<string> {
  const user = await requireUser();
  const row = await connectionOf(user.id, id).catch(() => undefined);
  return row === undefined ? 'Client' : (row.label ?? identify(row).title);
}

/** The page of one client of the signed-in person: its identity, access and activity. 404 for any other client. */
export async function ClientDetail(page: { id: string; parameters: Parameters }) {
  const user = await requireUser();
  const row = await connectionOf(user.id, page.id);
  if (row === undefined) notFound();
  const renderedAt = Date.now();
  const unproven = identify(row);
  const { title } = unproven;
  return (
    <>
      <p className="pt-6 text-sm print:hidden">
        <Link
          href="/clients"
          className="inline-flex items-center gap-2 text-muted-foreground hover:text-foreground"
        >
          <ArrowLeft size={16} aria-hidden />
          Connected clients
        </Link>
      </p>
      <PageHeader
        title={title}
        actions={
          row.state === 'active' && (
            <RevokeClientButton client={{ id: row.id, name: title, kind: row.kind }} />
          )
        }
      />
      <EditableLabel id={row.id} text={row.label} />
      <Toaster />
      {row.state === 'pending' && (
        <div className="mb-6">
          <Callout tone="warn" title="The grant at AuthKit is not deleted yet">
            Every call of this client is refused already. The grant is deleted ten seconds after the
            revocation; if that fails, it is retried.
          </Callout>
        </div>
      )}
      <div className="grid gap-x-16 gap-y-10 lg:grid-cols-2">
        <section aria-label="Identity" className="min-w-0">
          {row.state !== 'active' && (
            <p className="mb-3">
              <StateBadge state={row.state} />
            </p>
          )}
          <Suspense fallback={<ShownIdentity row={row} identity={unproven} />}>
            <VerifiedIdentity row={row} userId={user.id} />
          </Suspense>
          <ClientFacts row={row} renderedAt={renderedAt} />
          <LiveUpdates states={{ [row.id]: row.state }} />
        </section>
        <section aria-label="Access" className="min-w-0">
          <h2 className="text-lg">Permissions</h2>
          <AccessList row={row} />
          <AccessLimits row={row} />
        </section>
      </div>
      <Plots userId={user.id} id={row.id} parameters={page.parameters} />
      <Activity row={row} userId={user.id} parameters={page.parameters} />
      <div className="mt-12 grid gap-x-16 gap-y-10 empty:hidden lg:grid-cols-2">
        <RevocationHistory row={row} userId={user.id} renderedAt={renderedAt} />
        <ExportActivity id={row.id} />
      </div>
      <TechnicalDetails row={row} userId={user.id} />
    </>
  );
}

async function VerifiedIdentity({ row, userId }: Props) {
  return <ShownIdentity row={row} identity={await proveIdentity(row, userId)} />;
}

function ShownIdentity({ row, identity }: { row: ConnectionRow; identity: Identity }) {
  const { title, detail, level, explanation, warning } = identity;
  return (
    <>
      {warning && (
        <p className="mb-4 flex gap-2 rounded-sm bg-warning-soft px-3 py-2 text-sm text-warning">
          <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0" />
          <span className="min-w-0 wrap-anywhere">{warning}</span>
        </p>
      )}
      <div className="flex items-start gap-4">
        <ClientMark>
          {initials(title)}
          <ClientLogo id={row.id} shown={identity.hasLogo} />
        </ClientMark>
        <div className="min-w-0">
          <TrustBadge level={level} explanation={explanation} />
          {detail && <p className="mt-1 wrap-anywhere">{detail}</p>}
          <p className="mt-1 text-sm text-muted-foreground">{explanation}</p>
        </div>
      </div>
    </>
  );
}
