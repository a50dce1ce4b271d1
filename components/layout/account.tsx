import { buttonClass } from '#components/ui/button.tsx';
import { cn } from '#components/ui/cn.ts';
import { LogOut, Monitor } from '#components/ui/icons.tsx';
import { Link } from '#components/ui/link.tsx';
import { MENU, MENU_ITEM } from '#components/ui/popup-class.ts';
import { PAGES } from '#lib/config/pages.ts';
import { route } from '#lib/config/route.ts';
import { requestedPath } from '#lib/session/requested-path.ts';
import { chosenTheme } from '#lib/session/theme.ts';
import { currentSession, fullName } from '#lib/session/user.ts';
import { Avatar } from './avatar.tsx';
import { ThemeSwitch } from './theme-switch.tsx';

/**
 * The menu of the signed-in user, or a sign-in link; with the theme. The menu is a popover of the browser: it works without
 * JavaScript, and adds none to a page.
 */
export async function Account() {
  const [session, theme, path = '/'] = await Promise.all([currentSession(), chosenTheme(), requestedPath()]);
  const user = session === 'unavailable' ? { email: 'Session not checked' } : session;
  const name = user === null ? undefined : fullName(user) || user.email;
  return (
    <div className="flex items-center gap-1 print:hidden">
      <button
        type="button"
        popoverTarget="account-menu"
        className="inline-flex size-10 items-center justify-center rounded-full text-muted-foreground hover:bg-muted"
      >
        {name === undefined ? (
          <Monitor aria-hidden />
        ) : (
          <Avatar name={session === 'unavailable' ? '?' : name} />
        )}
        <span className="sr-only">{name === undefined ? 'Theme' : `Account of ${name}`}</span>
      </button>
      {user === null && (
        <Link
          href={`/login?returnTo=${encodeURIComponent(path)}`}
          className={buttonClass('secondary', 'small')}
        >
          Sign in
        </Link>
      )}
      <div
        id="account-menu"
        popover="auto"
        className={cn(
          MENU,
          'absolute inset-auto top-14 right-[max(1rem,calc((100%-72rem)/2+2rem))] w-72 max-w-[calc(100%-2rem)] text-sm text-foreground',
        )}
      >
        {user !== null && (
          <div className="border-b border-border px-3 pt-2 pb-3 wrap-anywhere">
            <p className="font-medium">{name}</p>
            {name !== user.email && <p className="text-muted-foreground">{user.email}</p>}
          </div>
        )}
        {user !== null &&
          PAGES.filter(({ personal }) => personal).map(({ path, label }) => (
            <Link key={path} href={path} className={cn(MENU_ITEM, 'mt-1 hover:bg-muted')}>
              {label}
            </Link>
          ))}
        <div className="p-1">
          <ThemeSwitch chosen={theme} returnTo={path} />
        </div>
        {user !== null && (
          <form method="post" action={route('/logout')} className="border-t border-border pt-1">
            <button type="submit" className={cn(MENU_ITEM, 'hover:bg-muted')}>
              <LogOut aria-hidden />
              Sign out
            </button>
          </form>
        )}
      </div>
    </div>
  );
}
