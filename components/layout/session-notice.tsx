import { TriangleAlert } from '#components/ui/icons.tsx';
import { currentSession } from '#lib/session/user.ts';

/** Shown on every page while a session is impersonated, or while it cannot be checked. */
export async function SessionNotice() {
  const session = await currentSession();
  if (session === null || (session !== 'unavailable' && session.impersonator === undefined)) return null;
  return (
    <div role="status" className="bg-warning-soft text-sm text-warning">
      <p className="page-width flex gap-3 py-2">
        <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0" />
        <span className="min-w-0 wrap-anywhere">
          {session === 'unavailable'
            ? 'Your session cannot be checked now, because WorkOS or the database does not respond. You are not signed out; reload the page to try again.'
            : `${session.impersonator} is impersonating ${session.email}. What you change here is recorded with both names.`}
        </span>
      </p>
    </div>
  );
}
