import type { Tone } from '#components/ui/badge.tsx';

type Message = { tone: Exclude<Tone, 'accent' | 'neutral'>; title: string; text?: string };

/** What the page says after an action, in the section that the action belongs to. */
export const ORGANIZATION_OUTCOMES = {
  switched: { tone: 'ok', title: 'Organization switched' },
  not_member: {
    tone: 'bad',
    title: 'You are not a member of this organization',
    text: 'Nothing was changed.',
  },
  sign_in: {
    tone: 'warn',
    title: 'This organization asks you to sign in again',
    text: 'It requires single sign-on or a second factor. Sign out, sign in again, and choose the organization.',
  },
  too_large: {
    tone: 'bad',
    title: 'The session of this organization is too large for the cookies of a browser',
    text: 'The operator has to reduce the permissions that WorkOS puts into session tokens.',
  },
  unavailable: {
    tone: 'bad',
    title: 'WorkOS did not respond',
    text: 'Nothing was changed. Try again in a moment.',
  },
} as const satisfies Record<string, Message>;

export const DELETION_OUTCOMES = {
  deleted: { tone: 'ok', title: 'Your data is deleted and every app is revoked' },
  deleted_pending: {
    tone: 'warn',
    title: 'Your data is deleted and every app is refused',
    text: 'AuthKit did not confirm the deletion of all grants. It is retried, and until then the grants may be listed again.',
  },
  delete_failed: {
    tone: 'bad',
    title: 'Not all of your data could be deleted',
    text: 'The database did not respond. Try again: a second deletion continues where the first one stopped.',
  },
  not_confirmed: {
    tone: 'bad',
    title: 'This is not your email address',
    text: 'Nothing was deleted. Type the address that the page shows.',
  },
  impersonated: {
    tone: 'bad',
    title: 'Only the person can delete their data',
    text: 'You are impersonating them. Nothing was deleted.',
  },
  cross_site: { tone: 'bad', title: 'The request did not come from this page', text: 'Nothing was changed.' },
  signed_out: { tone: 'bad', title: 'Your session has ended', text: 'Nothing was changed. Sign in again.' },
  session_unavailable: {
    tone: 'bad',
    title: 'Your session could not be checked',
    text: 'Nothing was changed. Try again in a moment.',
  },
} as const satisfies Record<string, Message>;

export type Outcome = keyof typeof ORGANIZATION_OUTCOMES | keyof typeof DELETION_OUTCOMES;
