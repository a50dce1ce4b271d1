import type { ReactNode } from 'react';
import { Account } from '#components/account.tsx';
import { SiteFrame } from '#components/site-frame.tsx';

export default function SiteLayout({ children }: { children: ReactNode }) {
  return <SiteFrame account={<Account />}>{children}</SiteFrame>;
}
