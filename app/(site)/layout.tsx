import type { ReactNode } from 'react';
import { Account } from '#components/layout/account.tsx';
import { SessionNotice } from '#components/layout/session-notice.tsx';
import { SiteFrame } from '#components/layout/site-frame.tsx';
import { OrganizationLink } from '#features/organization/organization-link.tsx';

export default function SiteLayout({ children }: { children: ReactNode }) {
  return (
    <SiteFrame
      account={<Account />}
      links={[<OrganizationLink key="organization" />]}
      notice={<SessionNotice />}
    >
      {children}
    </SiteFrame>
  );
}
