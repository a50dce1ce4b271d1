import type { ReactNode } from 'react';
import { Callout } from '#components/ui/callout.tsx';
import { Link } from '#components/ui/link.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { organizationNames } from '#lib/workos/organization-names.ts';

const SECTIONS = [
  ['/organization', 'Connections'],
  ['/organization/policy', 'Access policy'],
  ['/organization/audit', 'Audit log'],
] as const;

/** The header of every page of the organization, and the links between them. */
export async function OrganizationFrame({
  organizationId,
  section,
  lead,
  actions,
  children,
}: {
  organizationId: string;
  section: (typeof SECTIONS)[number][0];
  lead: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  const name = (await organizationNames([organizationId])).get(organizationId);
  return (
    <>
      <PageHeader title={name} lead={lead} actions={actions} />
      <nav
        aria-label="Organization"
        className="mb-6 flex flex-wrap gap-x-6 border-b border-border text-sm print:hidden"
      >
        {SECTIONS.map(([path, label]) => (
          <Link
            key={path}
            href={path}
            aria-current={path === section ? 'page' : undefined}
            className="-mb-px border-b-2 border-transparent py-2 text-muted-foreground hover:text-foreground aria-[current=page]:border-primary aria-[current=page]:text-foreground"
          >
            {label}
          </Link>
        ))}
      </nav>
      {children}
    </>
  );
}

/** Shown while WorkOS does not say whether the person is an admin. */
export function PermissionsUnavailable() {
  return (
    <div className="pt-8">
      <Callout tone="warn" title="Your permissions cannot be checked now">
        <p>WorkOS did not answer, so nothing of the organization is shown. Reload the page later.</p>
      </Callout>
    </div>
  );
}
