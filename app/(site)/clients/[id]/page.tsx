import type { Metadata } from 'next';
import { ClientDetail } from '#features/connected-clients/client-detail.tsx';

export const metadata: Metadata = { title: 'Client' };

export default async function Client({ params, searchParams }: PageProps<'/clients/[id]'>) {
  return <ClientDetail id={(await params).id} parameters={await searchParams} />;
}
