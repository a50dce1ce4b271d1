import type { Metadata } from 'next';
import { buttonClass } from '#components/ui/button.tsx';
import { Link } from '#components/ui/link.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';

export const metadata: Metadata = { title: 'Not signed in' };

const REASONS: Record<string, string> = {
  missing_auth_params: 'Sign-in was cancelled, or the answer came back incomplete.',
  missing_pkce_cookie:
    'This browser did not send the cookie that began the sign-in. It may have taken more than ten minutes, begun in another browser, or cookies are blocked.',
  oauth_state_mismatch: 'The answer does not belong to the sign-in that this browser began.',
};

export default async function SignInFailed({ searchParams }: PageProps<'/sign-in-failed'>) {
  const { reason } = await searchParams;
  const known = typeof reason === 'string' ? REASONS[reason] : undefined;
  return (
    <>
      <PageHeader
        title="You are not signed in"
        lead={`${known ?? 'The sign-in could not be completed.'} Nothing was changed.`}
      />
      <Link href="/login" className={buttonClass('primary')}>
        Sign in again
      </Link>
    </>
  );
}
