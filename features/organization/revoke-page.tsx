import { notFound } from 'next/navigation';
import { Button, buttonClass } from '#components/ui/button.tsx';
import { Link } from '#components/ui/link.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import type { Admin } from '#lib/connections/organization/admin.ts';
import { organizationPeople } from '#lib/connections/organization/groups.ts';
import { countScope, organizationConnection } from '#lib/connections/organization/queries.ts';
import type { RevocationScope } from '#lib/connections/organization/scope.ts';
import { sanitize } from '#lib/text/sanitize.ts';
import { revokeAccessOfMembers } from './actions.ts';
import { describeCount } from './describe-count.ts';
import { PermissionsUnavailable } from './frame.tsx';
import { type Parameters, readScope, scopeFields } from './search-params.ts';
import { readAsAdmin } from './session.ts';

/** Asks before connections are revoked, and says how many they are. */
export async function RevokePage({ parameters }: { parameters: Parameters }) {
  const scope = readScope(parameters);
  const read = await readAsAdmin(async (admin) => {
    const counted = scope && (await countScope(admin, scope));
    if (scope === undefined || counted === undefined || counted.connections === 0) return undefined;
    return { scope, counted, subject: await subjectOf(admin, scope) };
  });
  if (read === 'unavailable') return <PermissionsUnavailable />;
  if (read === undefined) notFound();
  const [name, value] = scopeFields(read.scope);
  return (
    <>
      <PageHeader title={`Revoke ${read.subject}?`} lead={`This revokes ${describeCount(read.counted)}.`} />
      <ul className="max-w-[65ch] list-disc space-y-1 pl-5 text-sm">
        <li>The next call is refused; on other instances within one second.</li>
        <li>
          The grants at AuthKit are deleted in the background. A grant that serves another organization of the
          member is kept, and refused here.
        </li>
        <li>Other organizations of these members are not affected.</li>
        <li>Members can authorize the app again. To prevent that, block its host.</li>
      </ul>
      <form action={revokeAccessOfMembers} className="mt-6 flex flex-wrap gap-2">
        <input type="hidden" name={name} value={value} />
        <Button type="submit" variant="danger">
          Revoke
        </Button>
        <Link className={buttonClass('secondary')} href="/organization">
          Cancel
        </Link>
      </form>
    </>
  );
}

async function subjectOf(admin: Omit<Admin, 'by'>, scope: RevocationScope): Promise<string> {
  if ('app' in scope) return sanitize(scope.app, 100);
  if ('all' in scope) return 'every connection of the organization';
  if ('person' in scope) {
    const [person] = (await organizationPeople(admin, { person: scope.person, limit: 1 })).rows;
    return `every connection of ${sanitize(person?.email ?? scope.person, 100)}`;
  }
  const row = await organizationConnection(admin, scope.connection);
  const title = row?.host ?? row?.name ?? 'the client';
  return `${sanitize(title, 100)} of ${row?.person.email ?? row?.person.userId ?? ''}`;
}
