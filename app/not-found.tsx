import type { Metadata } from 'next';
import { SiteFrame } from '#components/layout/site-frame.tsx';
import { buttonClass } from '#components/ui/button.tsx';
import { Link } from '#components/ui/link.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';

export const metadata: Metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <SiteFrame>
      <PageHeader title="Nothing is at this address" lead="It may have moved, or it is not yours to see." />
      <Link href="/" className={buttonClass()}>
        Go to the start page
      </Link>
    </SiteFrame>
  );
}
