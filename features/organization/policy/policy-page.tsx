import { readPolicy } from '#lib/connections/organization/policy.ts';
import { tools } from '#lib/mcp/tools/index.ts';
import { OrganizationFrame, PermissionsUnavailable } from '../frame.tsx';
import { readAsAdmin } from '../session.ts';
import { fieldsOf } from './form-state.ts';
import { PolicyForm } from './policy-form.tsx';

/** The hosts that clients of members may come from, and the limits that their connections have by default. */
export async function PolicyPage() {
  const read = await readAsAdmin(async (admin) => ({
    policy: await readPolicy(admin),
    organizationId: admin.organizationId,
  }));
  if (read === 'unavailable') return <PermissionsUnavailable />;
  return (
    <OrganizationFrame
      organizationId={read.organizationId}
      section="/organization/policy"
      lead="Which clients may act for members in this organization, and how far."
    >
      <PolicyForm
        stored={fieldsOf(read.policy)}
        tools={tools.map(({ name, listing }) => ({
          name,
          title: listing.title,
          readsOnly: listing.annotations.readOnlyHint === true,
        }))}
      />
    </OrganizationFrame>
  );
}
