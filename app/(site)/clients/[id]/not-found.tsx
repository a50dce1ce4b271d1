import type { Metadata } from 'next';
import { buttonClass } from '#components/ui/button.tsx';
import { Link } from '#components/ui/link.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';

export const metadata: Metadata = { title: 'Client not found' };

export default function ClientNotFound() {
  return (
    <>
      <PageHeader title="Client not found" lead="This client does not exist, or it is not yours." />
      <Link href="/clients" className={buttonClass()}>
        Connected clients
      </Link>
    </>
  );
}
