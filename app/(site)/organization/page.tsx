import type { Metadata } from 'next';
import { Overview } from '#features/organization/overview.tsx';

export const metadata: Metadata = { title: 'Organization' };

export default async function Organization({ searchParams }: PageProps<'/organization'>) {
  return <Overview parameters={await searchParams} />;
}
