import { type ReactNode, Suspense } from 'react';
import { Account } from '#components/account.tsx';
import { SiteFrame } from '#components/site-frame.tsx';
import { Skeleton } from '#components/skeleton.tsx';

export default function SiteLayout({ children }: { children: ReactNode }) {
  return (
    <SiteFrame
      account={
        <Suspense fallback={<Skeleton className="h-8 w-20" />}>
          <Account />
        </Suspense>
      }
    >
      {children}
    </SiteFrame>
  );
}
