import type { WorkOS } from '@workos-inc/node';
import { expect, test } from 'vitest';
import { organizationNames } from '#lib/workos/organization-names.ts';

test('organizations have the names that WorkOS gives, sanitized and asked for once, and else their ids', async () => {
  const asked: string[] = [];
  const getOrganization = async (id: string) => {
    asked.push(id);
    if (id !== 'org_a') throw new Error('down');
    return { id, name: 'Ac\u202eme' };
  };
  const workos = { organizations: { getOrganization } } as unknown as WorkOS;
  const names = () => organizationNames(['org_a', 'org_b', 'org_a', undefined], workos);
  expect(Object.fromEntries(await names())).toEqual({ org_a: 'Acme', org_b: 'org_b', undefined: '' });
  await names();
  expect(asked).toEqual(['org_a', 'org_b']);
});
