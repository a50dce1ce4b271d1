import type { Metadata } from 'next';
import { ClientDetail, clientTitle } from '#features/connected-clients/client-detail.tsx';

export async function generateMetadata({ params }: PageProps<'/clients/[id]'>): Promise<Metadata> {
  return { title: await clientTitle((await params).id) };
}

export default async function Client({ params, searchParams }: PageProps<'/clients/[id]'>) {
  return <ClientDetail id={(await params).id} parameters={await searchParams} />;
}
