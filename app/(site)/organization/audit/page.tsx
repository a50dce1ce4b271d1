import type { Metadata } from 'next';
import { AuditPage } from '#features/organization/audit/audit-page.tsx';

export const metadata: Metadata = { title: 'Audit log' };

export default async function Audit({ searchParams }: PageProps<'/organization/audit'>) {
  return <AuditPage parameters={await searchParams} />;
}
