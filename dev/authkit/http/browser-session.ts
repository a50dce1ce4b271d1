import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC as Context } from 'oidc-provider';

/** How long a browser stays signed in. */
export const BROWSER_SESSION_LIFETIME_S = 14 * 24 * 60 * 60;

type KoaContext = Parameters<Provider['Session']['get']>[0];

/** The person who is signed in in this browser. The pages and OAuth share the session. */
export type BrowserSession = {
  id: string;
  userId: string;
  /** Seconds since the epoch. */
  signedInAt: number;
};

export async function browserSession(provider: Provider, ctx: Context): Promise<BrowserSession | undefined> {
  const { uid, accountId, loginTs = 0 } = await provider.Session.get(ctx as KoaContext);
  return accountId === undefined ? undefined : { id: uid, userId: accountId, signedInAt: loginTs };
}

/** Signs a person in, and returns the id of the session. The session before it in this browser ends. */
export async function signInBrowser(provider: Provider, ctx: Context, userId: string): Promise<string> {
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
  return session.uid;
}

export async function signOutBrowser(provider: Provider, ctx: Context): Promise<void> {
  const session = await provider.Session.get(ctx as KoaContext);
  await session.destroy();
  ctx.cookies.set(provider.cookieName('session'), null);
}
