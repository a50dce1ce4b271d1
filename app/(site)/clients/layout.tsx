import type { ReactNode } from 'react';
import { requireUser } from '#lib/session/user.ts';

// Before the page's own check, so that signing in begins with a redirect and not inside a half-sent page.
export default async function ClientsLayout({ children }: { children: ReactNode }) {
  await requireUser();
  return children;
}
