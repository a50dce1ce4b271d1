/** What a revocation, or undoing it, came to, for the person. `undefined` for the unknown. */
export function outcomeText(
  outcome: string,
  subject = 'the app',
): { tone: 'ok' | 'warn' | 'bad'; text: string } | undefined {
  const bad = (text: string) => ({ tone: 'bad' as const, text });
  switch (outcome) {
    case 'revoked':
      return { tone: 'ok', text: `Access revoked for ${subject}.` };
    case 'pending':
      return {
        tone: 'warn',
        text: `Access revoked for ${subject}. AuthKit could not be reached; we keep retrying, and calls stay blocked.`,
      };
    case 'unconfirmed':
      return { tone: 'warn', text: `Access revoked for ${subject}. AuthKit lists no grant to delete.` };
    case 'unknown':
      return bad(`Nothing changed: ${subject} is no longer in your list.`);
    case 'undone':
      return { tone: 'ok', text: 'Access restored. Nothing was deleted at AuthKit.' };
    case 'too_late':
      return bad(
        'Not undone: the ten seconds are over, or it was revoked again. The app needs your approval to connect again.',
      );
    case 'signed_out':
      return bad('Nothing changed: your session ended. Sign in and try again.');
    case 'cross_site':
      return bad('Nothing changed: the request did not come from this site.');
    case 'session_unavailable':
      return bad('Nothing changed: your session cannot be checked now. Try again.');
    case 'database_unavailable':
      return bad('The database does not respond, so access may or may not be revoked. Try again.');
    case 'failed':
      return bad(
        'The server failed, so access may or may not be revoked. Try again. The server log has the reason.',
      );
    default:
      return undefined;
  }
}
