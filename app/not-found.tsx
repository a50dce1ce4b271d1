import type { Metadata } from 'next';
import { buttonClass } from '#components/button.tsx';
import { PageHeader } from '#components/page-header.tsx';
import { SiteFrame } from '#components/site-frame.tsx';

export const metadata: Metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <SiteFrame>
      <PageHeader title="Nothing is at this address" lead="It may have moved, or it is not yours to see." />
      <a href="/" className={buttonClass()}>
        Go to the start page
      </a>
    </SiteFrame>
  );
}
