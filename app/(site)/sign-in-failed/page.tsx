import type { Metadata, Route } from 'next';
import { buttonClass } from '#components/ui/button.tsx';
import { Link } from '#components/ui/link.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { safeReturnTo } from '#lib/session/return-to.ts';
import { currentSession } from '#lib/session/user.ts';

export const metadata: Metadata = { title: 'Sign-in failed' };

const REASONS: Record<string, string> = {
  missing_auth_params:
    'AuthKit returned you without the state of a sign-in that began here. Please try again.',
  missing_pkce_cookie:
    'Your sign-in expired or was started in another browser, or cookies are blocked. Please try again.',
  oauth_state_mismatch: 'Your sign-in was started in another browser or tab. Please try again.',
  access_denied: 'AuthKit reported that the sign-in was cancelled or not allowed.',
  refused: 'AuthKit refused the sign-in. The server log has its error code.',
  organization_selection:
    'Your account belongs to several organizations, and the sign-in did not choose one. Sign in again and choose.',
  policy:
    'A sign-in policy of your organization or of AuthKit was not met, such as single sign-on, a second factor or a verified email address. Sign in again and follow its steps, or ask your administrator.',
  configuration:
    'WorkOS refused the credentials of this server. Its operator has to check WORKOS_API_KEY and WORKOS_CLIENT_ID; signing in again does not help.',
  code_expired: 'The sign-in took too long or was completed twice. Please try again.',
  unavailable: 'WorkOS did not respond in a usable way. Please try again in a moment.',
  session_too_large:
    'Your session is too large for the cookies of a browser. The operator has to reduce the permissions and the claims of the JWT template that WorkOS puts into session tokens.',
  session_lost:
    'You signed in, but your browser did not keep the session cookie. Allow cookies for this site and try again.',
  session_refused:
    'You signed in, but this server does not accept the session that it stored. The server log has the details.',
};

export default async function SignInFailed({ searchParams }: PageProps<'/sign-in-failed'>) {
  const { reason, returnTo: requested } = await searchParams;
  const returnTo = safeReturnTo(requested) as Route;
  const session = await currentSession();
  if (session !== null && session !== 'unavailable')
    return (
      <>
        <PageHeader title="You are signed in" lead={`As ${session.email}. An earlier sign-in failed.`} />
        <Link href={returnTo} className={buttonClass('primary')}>
          Continue
        </Link>
      </>
    );
  const known = typeof reason === 'string' && Object.hasOwn(REASONS, reason) ? REASONS[reason] : undefined;
  return (
    <>
      <PageHeader
        title="Sign-in failed"
        lead={known ?? 'The sign-in could not be completed. Please try again.'}
      />
      <Link href={`/login?returnTo=${encodeURIComponent(returnTo)}`} className={buttonClass('primary')}>
        Sign in
      </Link>
    </>
  );
}
