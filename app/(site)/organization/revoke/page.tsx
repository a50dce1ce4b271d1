import type { Metadata } from 'next';
import { RevokePage } from '#features/organization/revoke-page.tsx';

export const metadata: Metadata = { title: 'Revoke connections' };

export default async function Revoke({ searchParams }: PageProps<'/organization/revoke'>) {
  return <RevokePage parameters={await searchParams} />;
}
