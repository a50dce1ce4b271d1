import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC as Context } from 'oidc-provider';

/** How long a browser stays signed in. */
export const BROWSER_SESSION_LIFETIME_S = 14 * 24 * 60 * 60;

type KoaContext = Parameters<Provider['Session']['get']>[0];

/** The person who is signed in in this browser. The pages and OAuth share the session. */
export type BrowserSession = { userId: string /** Seconds since the epoch. */; signedInAt: number };

export async function browserSession(provider: Provider, ctx: Context): Promise<BrowserSession | undefined> {
  const { accountId, loginTs = 0 } = await provider.Session.get(ctx as KoaContext);
  return accountId === undefined ? undefined : { userId: accountId, signedInAt: loginTs };
}

/** Signs a person in. A session of another person in this browser ends. */
export async function signInBrowser(provider: Provider, ctx: Context, userId: string): Promise<void> {
  const existing = await provider.Session.get(ctx as KoaContext);
  if (existing.accountId !== undefined) await existing.destroy();
  const session = new provider.Session();
  session.loginAccount({ accountId: userId });
  await session.save(BROWSER_SESSION_LIFETIME_S);
  ctx.cookies.set(provider.cookieName('session'), session.jti, {
    httpOnly: true,
    sameSite: 'lax',
    maxAge: BROWSER_SESSION_LIFETIME_S * 1000,
  });
}

export async function signOutBrowser(provider: Provider, ctx: Context): Promise<void> {
  const session = await provider.Session.get(ctx as KoaContext);
  await session.destroy();
  ctx.cookies.set(provider.cookieName('session'), null);
}
