import type { Metadata } from 'next';
import { PageHeader } from '#components/ui/page-header.tsx';
import { HowItWorks } from '#features/how-it-works/how-it-works.tsx';

const LEAD = 'From a URL to an authorized call in seven steps, with the live responses of this deployment.';

export const metadata: Metadata = { title: 'How it works', description: LEAD };

export default function HowItWorksPage() {
  return (
    <>
      <PageHeader title="How it works" lead={LEAD} />
      <HowItWorks />
    </>
  );
}
