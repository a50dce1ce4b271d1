import type { Metadata } from 'next';
import { PolicyPage } from '#features/organization/policy/policy-page.tsx';

export const metadata: Metadata = { title: 'Access policy' };

export default function Policy() {
  return <PolicyPage />;
}
