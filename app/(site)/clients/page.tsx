import type { Metadata } from 'next';
import { ClientList } from '#features/connected-clients/client-list.tsx';

export const metadata: Metadata = { title: 'Connected clients' };

export default async function Clients({ searchParams }: PageProps<'/clients'>) {
  return <ClientList parameters={await searchParams} />;
}
