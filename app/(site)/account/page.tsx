import type { Metadata } from 'next';
import { AccountPage } from '#features/account/account-page.tsx';

export const metadata: Metadata = { title: 'Account' };

export default async function Page({ searchParams }: PageProps<'/account'>) {
  return <AccountPage outcome={(await searchParams).outcome} />;
}
