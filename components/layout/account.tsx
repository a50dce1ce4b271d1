import { Button, buttonClass } from '#components/ui/button.tsx';
import { LogOut } from '#components/ui/icons.tsx';
import { Link } from '#components/ui/link.tsx';
import { route } from '#lib/config/route.ts';
import { currentSession } from '#lib/session/user.ts';

/** The email address of the user with a sign-out button, or a sign-in link. */
export async function Account() {
  const session = await currentSession();
  if (session === null)
    return (
      <Link href="/login" className={buttonClass('secondary', 'small')}>
        Sign in
      </Link>
    );
  const email = session === 'unavailable' ? 'Session not checked' : session.email;
  return (
    <form method="post" action={route('/logout')} className="flex min-w-0 items-center gap-1">
      <span className="max-w-[14ch] truncate text-muted-foreground sm:max-w-[28ch]" title={email}>
        {email}
      </span>
      <Button type="submit" size="small" variant="quiet" aria-label="Sign out">
        <LogOut size={16} aria-hidden />
        <span className="hidden sm:inline">Sign out</span>
      </Button>
    </form>
  );
}
