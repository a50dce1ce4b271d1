import type { Metadata } from 'next';
import { RevokePage } from '#features/connected-clients/confirmation/revoke-page.tsx';

export const metadata: Metadata = { title: 'Revoke access' };

export default async function Revoke({ searchParams }: PageProps<'/clients/revoke'>) {
  return <RevokePage parameters={await searchParams} />;
}
