import { unstable_isUnrecognizedActionError } from 'next/navigation';

/** Why a Server Action or a request of the page to this site threw. */
export type RequestFailure = 'outdated' | 'offline' | 'unreachable' | 'no_answer';

/** What each failure means for the user. */
export const REQUEST_FAILURES: Readonly<Record<RequestFailure, string>> = {
  outdated: 'A newer version of this site is running. Reload the page and try again.',
  offline: 'Your device is offline. Connect it and try again.',
  unreachable: 'This site could not be reached. Check your connection and try again.',
  no_answer: 'This site returned an error. Reload the page and try again.',
};

/** The failure that a thrown error means. An action of an earlier build is unknown to the server. */
export function requestFailure(error: unknown): RequestFailure {
  if (unstable_isUnrecognizedActionError(error)) return 'outdated';
  if (!navigator.onLine) return 'offline';
  return error instanceof TypeError ? 'unreachable' : 'no_answer';
}
