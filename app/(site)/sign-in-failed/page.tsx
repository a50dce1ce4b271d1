import type { Metadata } from 'next';
import { buttonClass } from '#components/ui/button.tsx';
import { Link } from '#components/ui/link.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';

export const metadata: Metadata = { title: 'Sign-in failed' };

const REASONS: Record<string, string> = {
  missing_auth_params: 'The sign-in was cancelled or is incomplete.',
  missing_pkce_cookie: 'Your sign-in expired or was started in another browser, or cookies are blocked.',
  oauth_state_mismatch: 'Your sign-in was started in another browser or tab.',
};

export default async function SignInFailed({ searchParams }: PageProps<'/sign-in-failed'>) {
  const { reason } = await searchParams;
  const known = typeof reason === 'string' ? REASONS[reason] : undefined;
  return (
    <>
      <PageHeader
        title="Sign-in failed"
        lead={`${known ?? 'The sign-in could not be completed.'} Please try again.`}
      />
      <Link href="/login" className={buttonClass('primary')}>
        Sign in
      </Link>
    </>
  );
}
