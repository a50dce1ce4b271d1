import type { Finding } from '#lib/checks/finding.ts';
import { DOCUMENTS } from './documents.ts';

/** What a run without WorkOS should know about itself. */
export const LOCAL_AUTHKIT: Finding = {
  id: 'local-authkit',
  severity: 'note',
  title: 'Local AuthKit is used',
  observed:
    'While WORKOS_API_KEY is not set, npm run dev and npm run local bring their own sign-in, on this machine only.',
  reference: DOCUMENTS.variables,
  fix: 'For a deployment set WORKOS_API_KEY, WORKOS_CLIENT_ID, WORKOS_COOKIE_PASSWORD, AUTHKIT_DOMAIN, APP_URL and DATABASE_URL.',
};
