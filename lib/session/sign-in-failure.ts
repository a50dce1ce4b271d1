import { CallbackError } from '@workos-inc/authkit-nextjs';
import { workosErrorCode, workosStatus } from '#lib/workos/errors.ts';

/** Why a sign-in failed, and what the log says about it. `sign-in-failed/page.tsx` explains each reason. */
export type SignInFailure = { reason: string; status?: number | undefined; code?: string | undefined };

/** Errors of WorkOS that a policy causes: of the organization, of the environment, or of the person's account. */
const POLICY =
  /^(sso_required|mfa_\w+|email_verification_required|radar_\w+|\w*authentication_method\w*|\w*not_allowed\w*|organization_invalid|password_\w+)$/;

const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^organization_selection_required$/, 'organization_selection'],
  [POLICY, 'policy'],
  [/^access_denied$/, 'access_denied'],
  [
    /^(invalid_client|invalid_secret|unauthorized_client|unauthorized|invalid_redirect_uri)$/,
    'configuration',
  ],
  [/^invalid_grant$/, 'code_expired'],
  [/^(server_error|temporarily_unavailable)$/, 'unavailable'],
];

const reasonOf = (code: string | undefined) =>
  code === undefined ? undefined : REASONS.find(([pattern]) => pattern.test(code))?.[1];

/** The failure in an error response of AuthKit (RFC 6749 section 4.1.2.1). */
export function authorizationFailure(error: string): SignInFailure {
  const code = /^[a-z_]{1,60}$/.test(error) ? error : undefined;
  return { reason: reasonOf(code) ?? 'refused', code };
}

/** The failure in an error that was thrown while the code was exchanged for a session. */
export function exchangeFailure(error: unknown): SignInFailure {
  if (error instanceof CallbackError) return { reason: error.code };
  const [status, code] = [workosStatus(error), workosErrorCode(error)];
  const known = reasonOf(code);
  if (known !== undefined) return { reason: known, status, code };
  // Without a code the response was none of WorkOS: a time-out, an HTML page of something in between, no response.
  const ofWorkos = error instanceof Error && 'requestID' in error;
  if (ofWorkos && (status === 401 || status === 403)) return { reason: 'configuration', status, code };
  const unavailable = !ofWorkos || status === undefined || status === 408 || status === 429 || status >= 500;
  return { reason: unavailable ? 'unavailable' : 'refused', status, code };
}
