import type { ReactNode } from 'react';
import { Avatar } from '#components/layout/avatar.tsx';
import { Button, buttonClass } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { Count } from '#components/ui/count.tsx';
import { Link } from '#components/ui/link.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { config } from '#lib/config/env.ts';
import { db } from '#lib/db/connection.ts';
import { withDeadline } from '#lib/http/with-deadline.ts';
import { fullName, requireUser, type SessionUser } from '#lib/session/user.ts';
import { organizationNames } from '#lib/workos/organization-names.ts';
import { deleteData, switchOrganization } from './actions.ts';
import { organizationsOf } from './organizations.ts';
import { DELETION_OUTCOMES, ORGANIZATION_OUTCOMES } from './outcome.ts';
import { MAX_COUNT, type Stored, storedData } from './stored-data.ts';

/** The page waits at most this long for the list, and then for the names, of organizations. */
const ORGANIZATIONS_TIMEOUT_MS = 1_500;

/** The page of the signed-in person: profile, organization, and what is stored of them. */
export async function AccountPage({ outcome }: { outcome: unknown }) {
  const user = await requireUser();
  const stored = await storedData(await db(), { issuer: config().authkitDomain, subject: user.id });
  return (
    <>
      <PageHeader
        title="Account"
        lead="Your profile, your organization, and what this server stores about you."
      />
      <div className="space-y-10">
        <Profile user={user} />
        <Organization user={user} outcome={outcome} />
        <StoredData stored={stored} />
        <Deletion user={user} stored={stored} outcome={outcome} />
      </div>
    </>
  );
}

function Section({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section id={id} aria-labelledby={`${id}-title`} className="scroll-mt-8">
      <h2 id={`${id}-title`} className="text-lg">
        {title}
      </h2>
      {children}
    </section>
  );
}

const MUTED = 'max-w-[65ch] text-sm text-muted-foreground';

function Profile({ user }: { user: SessionUser }) {
  const name = fullName(user);
  return (
    <Section id="profile" title="Profile">
      <div className="mt-3 flex items-center gap-3">
        <Avatar name={name || user.email} />
        <div className="min-w-0 wrap-anywhere">
          {name !== '' && <p className="font-medium">{name}</p>}
          <p className={name === '' ? 'font-medium' : 'text-sm text-muted-foreground'}>{user.email}</p>
        </div>
      </div>
      <p className={`mt-3 ${MUTED}`}>
        Your name and email address come from your account at WorkOS. User ID:{' '}
        <code className="wrap-anywhere">{user.id}</code>
      </p>
    </Section>
  );
}

async function Organization({ user, outcome }: { user: SessionUser; outcome: unknown }) {
  const current = user.organizationId;
  const listed = organizationsOf(user.id).catch(() => undefined);
  const ids = await withDeadline(listed, ORGANIZATIONS_TIMEOUT_MS, () => undefined);
  const names = await organizationNames([
    ...new Set([...(ids ?? []), ...(current === undefined ? [] : [current])]),
  ]);
  const others = (ids ?? []).filter((id) => id !== current);
  return (
    <Section id="organization" title="Organization">
      <Message outcomes={ORGANIZATION_OUTCOMES} outcome={outcome} />
      <p className="mt-3">
        {current === undefined ? (
          'You are signed in without an organization.'
        ) : (
          <strong className="font-medium wrap-anywhere">{names.get(current) ?? current}</strong>
        )}
        {user.role !== undefined && <span className="text-muted-foreground"> as {user.role}</span>}
      </p>
      {ids === undefined && (
        <p className={`mt-2 ${MUTED}`}>
          WorkOS did not list your other organizations. Reload the page to try again.
        </p>
      )}
      {others.length > 0 && (
        <ul className="mt-3 max-w-lg divide-y divide-border border-y border-border">
          {others.map((id) => (
            <li key={id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-2">
              <span className="min-w-0 wrap-anywhere">{names.get(id) ?? id}</span>
              <form action={switchOrganization}>
                <input type="hidden" name="organization" value={id} />
                <Button type="submit" size="small" aria-label={`Switch to ${names.get(id) ?? id}`}>
                  Switch
                </Button>
              </form>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

/** What the tables hold, in the words of the pages. A table without an entry is shown by its name. */
const LABELS: Readonly<Record<string, string>> = {
  connections: 'Connections',
  activity: 'Calls, without arguments and results',
  activity_daily: 'Counts of calls by day',
  activity_latency: 'Durations of calls',
  revocations: 'History of revocations',
  denials: 'Refused apps and consents',
  policies: 'Limits of apps',
  organization_members: 'Membership, for the administrators of your organization',
};
/** Calls and what is counted of them. */
const EXPIRING = /^activity/;

function StoredData({ stored }: { stored: readonly Stored[] }) {
  const { activityRetentionDays: days } = config();
  return (
    <Section id="data" title="Your data">
      {stored.length === 0 ? (
        <p className={`mt-2 ${MUTED}`}>Nothing is stored about you.</p>
      ) : (
        <table className="mt-3 w-full max-w-2xl text-left text-sm">
          <caption className="sr-only">What is stored about you</caption>
          <thead className="text-muted-foreground">
            <tr className="border-b border-border">
              <th scope="col" className="py-2 pr-4 font-normal">
                Data
              </th>
              <th scope="col" className="py-2 pr-4 text-right font-normal">
                Entries
              </th>
              <th scope="col" className="py-2 font-normal">
                Kept
              </th>
            </tr>
          </thead>
          <tbody>
            {stored.map(({ table, count, kept }) => (
              <tr key={table} className="border-b border-border align-top">
                <th scope="row" className="py-2 pr-4 font-normal">
                  {LABELS[table] ??
                    table.replaceAll('_', ' ').replace(/^./, (letter) => letter.toUpperCase())}
                </th>
                <td className="py-2 pr-4 text-right tabular-nums">
                  <Count of={Math.min(count, MAX_COUNT)} />
                  {count > MAX_COUNT && '+'}
                </td>
                <td className="py-2 text-muted-foreground">
                  {kept
                    ? 'For security, also after a deletion'
                    : EXPIRING.test(table)
                      ? `${days} days`
                      : 'Until you delete it'}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className={`mt-3 ${MUTED}`}>
        Your session is in the cookies of this browser only. Your account, its sign-ins and your organizations
        are stored by WorkOS.
      </p>
      <Link href="/account/download" download className={`${buttonClass()} mt-4 print:hidden`}>
        Download all (JSON)
      </Link>
    </Section>
  );
}

function Deletion({
  user,
  stored,
  outcome,
}: {
  user: SessionUser;
  stored: readonly Stored[];
  outcome: unknown;
}) {
  return (
    <Section id="delete" title="Delete your data">
      {/* Says what is true now, because anyone can write a link with an outcome. */}
      {(stored.every(({ kept }) => kept) || !String(outcome).startsWith('deleted')) && (
        <Message outcomes={DELETION_OUTCOMES} outcome={outcome} />
      )}
      <ul className="mt-3 max-w-[65ch] list-disc space-y-1 pl-5 text-sm text-muted-foreground">
        <li>
          Every app loses its access immediately, and its grant at AuthKit is deleted. It needs your approval
          to connect again.
        </li>
        <li>
          Connections, calls, histories and everything else in the table above is deleted and cannot be
          restored.
        </li>
        <li>
          The entries by which this server refuses revoked apps are kept. Without them an old token would work
          again. An app that still calls is refused, and that call is stored.
        </li>
        <li>Your account at WorkOS and your sign-in here stay.</li>
      </ul>
      <form action={deleteData} className="mt-4 print:hidden">
        <label htmlFor="confirmation" className="block text-sm">
          Type <strong className="font-medium wrap-anywhere">{user.email}</strong> to confirm
        </label>
        <div className="mt-2 flex flex-wrap gap-2">
          <input
            id="confirmation"
            name="confirmation"
            type="text"
            inputMode="email"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            required
            maxLength={320}
            aria-invalid={outcome === 'not_confirmed' || undefined}
            className="min-h-10 w-full min-w-0 rounded-lg border border-input sm:w-80 bg-card px-3"
          />
          <Button type="submit" variant="danger">
            Delete my data
          </Button>
        </div>
      </form>
    </Section>
  );
}

function Message({
  outcomes,
  outcome,
}: {
  outcomes: typeof ORGANIZATION_OUTCOMES | typeof DELETION_OUTCOMES;
  outcome: unknown;
}) {
  const found = Object.entries(outcomes).find(([name]) => name === outcome)?.[1];
  if (found === undefined) return null;
  return (
    <div id={String(outcome)} className="mt-3 max-w-2xl scroll-mt-8">
      <Callout live tone={found.tone} title={found.title}>
        {'text' in found && found.text}
      </Callout>
    </div>
  );
}
